#include <consent_sync/input/store_column.hpp>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <simdjson.h>

#include "json_memory.hpp"
#include "text.hpp"

namespace consent_sync::input {
namespace {

/// Names that are no stores' may be customers': they are not kept without end.
constexpr std::size_t most_strangers = 1000;

/// A field of a line that a reader made of a row: RFC 4180, with ','. Empty when there are fewer.
std::string field_of(std::string_view line, std::size_t index) {
  std::string field;
  std::size_t at = 0;
  bool is_quoted = false;
  for (std::size_t i = 0; i < line.size() && at <= index; ++i) {
    const char c = line[i];
    if (c == '"') {
      const bool is_doubled = is_quoted && i + 1 < line.size() && line[i + 1] == '"';
      if (is_doubled && at == index) field += c;
      if (is_doubled) ++i;
      if (!is_doubled) is_quoted = !is_quoted;
    } else if (c == ',' && !is_quoted) {
      ++at;
    } else if (at == index) {
      field += c;
    }
  }
  return field;
}

/// Tells whose a row is.
class StoreColumn {
 public:
  StoreColumn(const Reader& reader, std::string column, const std::string& file_name)
      : file_name_(file_name), pointer_(column.starts_with('/') ? column : "/" + column) {
    if (reader.format() != Format::csv) return;
    const auto& names = reader.columns();
    const auto is_it = [&](const std::string& name) { return lower(name) == lower(column); };
    const auto found = std::find_if(names.begin(), names.end(), is_it);
    if (found == names.end() || std::count_if(names.begin(), names.end(), is_it) > 1) {
      throw FileError(fmt::format("{}: the header row has the column {} {}, which input.store_column names",
                                  file_name, shown(column), found == names.end() ? "nowhere" : "twice"));
    }
    index_ = static_cast<std::size_t>(found - names.begin());
  }

  /// "" for a row that does not tell.
  std::string store_of(const Row& row) {
    std::string store = index_ ? std::string(trim(field_of(row.source, *index_))) : member_of(row.source);
    if (store.empty() && row.is_shortened) {
      throw FileError(fmt::format(
          "{}: line {}: the row is too long to tell which store it is of: shorten it, or put the store "
          "before its long fields",
          file_name_, row.line));
    }
    return store;
  }

 private:
  std::string member_of(const std::string& object) {
    simdjson::dom::element value;
    const auto error = parser_.parse(object).at_pointer(pointer_).get(value);
    std::string_view text;
    if (fault_of_text(error) || value.get(text) != simdjson::SUCCESS) return "";
    return std::string(trim(text));
  }

  const std::string file_name_;
  const std::string pointer_;
  std::optional<std::size_t> index_;  ///< of a CSV
  simdjson::dom::parser parser_;
};

class RowsOfStore final : public Reader {
 public:
  RowsOfStore(std::unique_ptr<Reader> all, const std::string& column, std::string store,
              const std::string& file_name)
      : all_(std::move(all)), column_(*all_, column, file_name), store_(std::move(store)) {}

  bool read(std::vector<Row>& rows) override {
    while (all_->read(rows)) {
      std::erase_if(rows, [this](const Row& row) { return column_.store_of(row) != store_; });
      rows_ += rows.size();
      if (!rows.empty()) return true;
    }
    return false;
  }
  Format format() const override { return all_->format(); }
  const std::vector<std::string>& columns() const override { return all_->columns(); }
  const consent::Composition* composition() const override { return all_->composition(); }
  Fingerprint fingerprint() const override {
    Fingerprint fingerprint = all_->fingerprint();
    fingerprint.rows_of_others = fingerprint.rows - rows_;
    fingerprint.rows = rows_;
    return fingerprint;
  }
  std::uint64_t bytes_read() const override { return all_->bytes_read(); }

 private:
  const std::unique_ptr<Reader> all_;
  StoreColumn column_;
  const std::string store_;
  std::uint64_t rows_ = 0;
};

}  // namespace

std::unique_ptr<Reader> rows_of_store(std::unique_ptr<Reader> all, const std::string& column,
                                      const std::string& store, const std::string& file_name) {
  return std::make_unique<RowsOfStore>(std::move(all), column, store, file_name);
}

StoreCensus count_stores(Reader& all, const std::string& column, const std::vector<std::string>& known,
                         const std::string& file_name) {
  StoreColumn stores(all, column, file_name);
  StoreCensus census;
  for (const std::string& store : known) census.rows[store] = 0;
  const std::size_t most_names = known.size() + most_strangers;
  std::vector<Row> rows;
  while (all.read(rows)) {
    for (const Row& row : rows) {
      std::string store = stores.store_of(row);
      const auto counted = census.rows.find(store);
      if (counted != census.rows.end()) {
        ++counted->second;
      } else if (census.rows.size() < most_names) {
        census.rows.emplace(std::move(store), 1);
      } else {
        ++census.unlisted;
      }
    }
  }
  return census;
}

}  // namespace consent_sync::input
