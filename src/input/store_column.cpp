#include <consent_sync/input/store_column.hpp>

#include <utility>
#include <vector>

namespace consent_sync::input {
namespace {

/// Names that are no stores' may be customers': they are not kept without end.
constexpr std::size_t most_strangers = 1000;

/// A row that cannot be read, nor tells its store: it may be any store's, and say what must not be missed.
bool is_of_any(const Row& row) {
  return !row.problem.empty() && (!row.store || row.store->empty());
}

class RowsOfStore final : public Reader {
 public:
  RowsOfStore(std::unique_ptr<Reader> all, std::string store)
      : all_(std::move(all)), store_(std::move(store)) {}

  bool read(std::vector<Row>& rows) override {
    while (all_->read(rows)) {
      std::erase_if(rows, [this](const Row& row) { return row.store != store_ && !is_of_any(row); });
      for (Row& row : rows) tell_if_of_any(row);
      rows_ += rows.size();
      if (!rows.empty()) return true;
    }
    return false;
  }
  Format format() const override { return all_->format(); }
  const std::vector<std::string>& columns() const override { return all_->columns(); }
  std::vector<std::string> passed_over() const override { return all_->passed_over(); }
  const consent::Composition* composition() const override { return all_->composition(); }
  Fingerprint fingerprint() const override {
    Fingerprint fingerprint = all_->fingerprint();
    fingerprint.rows_of_others = fingerprint.rows - rows_;
    fingerprint.rows_of_any = rows_of_any_;
    fingerprint.rows = rows_;
    return fingerprint;
  }
  std::uint64_t bytes_read() const override { return all_->bytes_read(); }

 private:
  void tell_if_of_any(Row& row) {
    if (!is_of_any(row)) return;
    ++rows_of_any_;
    row.problem += "; which store it is of is not told, so every store has this row";
  }

  const std::unique_ptr<Reader> all_;
  const std::string store_;
  std::uint64_t rows_ = 0;
  std::uint64_t rows_of_any_ = 0;
};

}  // namespace

std::unique_ptr<Reader> rows_of_store(std::unique_ptr<Reader> all, std::string store) {
  return std::make_unique<RowsOfStore>(std::move(all), std::move(store));
}

StoreCensus count_stores(Reader& all, const std::vector<std::string>& known) {
  StoreCensus census;
  for (const std::string& store : known) census.rows[store] = 0;
  const std::size_t most_names = known.size() + most_strangers;
  std::vector<Row> rows;
  while (all.read(rows)) {
    for (const Row& row : rows) {
      if (is_of_any(row)) {
        ++census.of_any;
        continue;
      }
      std::string store = row.store.value_or("");
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
