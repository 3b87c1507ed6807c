#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "csv_columns.hpp"
#include "csv_customer.hpp"
#include "csv_rows.hpp"
#include "customer_id_text.hpp"
#include "mapped_row.hpp"
#include "readers.hpp"
#include "record_builder.hpp"
#include "text.hpp"

namespace consent_sync::input {
namespace {

using Role = CsvColumn::Role;

/// How the fields of a row become a record.
class RowMaker {
 public:
  virtual ~RowMaker() = default;
  virtual void make(const CsvFields& fields, Row& row) = 0;
  virtual std::size_t customer_column() const = 0;
  virtual bool names_customer(std::string_view text) const = 0;
  /// For a row that cannot be read: no more is told than whose it is.
  virtual void refuse(std::string problem, std::string_view customer, Row& row) = 0;
};

/// The canonical columns.
class CanonicalRows final : public RowMaker {
 public:
  explicit CanonicalRows(const std::vector<CsvColumn>& columns) : columns_(columns) {}
  void make(const CsvFields& fields, Row& row) override;
  std::size_t customer_column() const override;
  bool names_customer(std::string_view text) const override {
    std::string problem;
    return read_customer_id(text, problem).has_value();
  }
  void refuse(std::string problem, std::string_view customer, Row& row) override {
    builder_.refuse(std::move(problem));
    builder_.customer_id(customer);
    builder_.finish(row);
  }

 private:
  const std::vector<CsvColumn>& columns_;
  RecordBuilder builder_;
};

/// Columns that a mapping names.
class MappedRows final : public RowMaker {
 public:
  MappedRows(const Mapping& mapping, const std::vector<CsvColumn>& columns, const std::string& file_name)
      : row_(mapping), columns_(find_columns(columns, row_.slots(), file_name)) {}

  void make(const CsvFields& fields, Row& row) override {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i]) row_.give(row_.slots()[i], fields[*columns_[i]]);
    }
    row_.finish(row);
  }

  // It is the first slot, and no file may lack it.
  std::size_t customer_column() const override { return columns_.front().value(); }
  bool names_customer(std::string_view text) const override { return row_.can_name_customer(text); }
  void refuse(std::string problem, std::string_view customer, Row& row) override {
    row_.refuse(std::move(problem));
    row_.give(row_.slots().front(), customer);
    row_.finish_unread(row);
  }

 private:
  MappedRow row_;
  std::vector<std::optional<std::size_t>> columns_;  ///< by slot
};

class CsvReader final : public RowReader {
 public:
  CsvReader(OpenInput input, char delimiter, const ReaderOptions& options);

  Format format() const override { return Format::csv; }
  const std::vector<std::string>& columns() const override { return names_; }
  std::vector<std::string> passed_over() const override;

 private:
  bool next(Row& row) override;
  std::string problem(std::string_view damage) const;
  void refuse(std::string problem, Row& row);
  std::optional<std::string> store() const;
  void set_source(Row& row, bool damaged) const;

  CsvRows rows_;
  char delimiter_;
  bool has_reason_ = false;
  std::vector<CsvColumn> columns_;
  std::vector<std::string> names_;
  std::optional<std::size_t> store_column_;
  std::unique_ptr<RowMaker> maker_;
};

void CanonicalRows::make(const CsvFields& fields, Row& row) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::string_view text = fields[i];
    switch (columns_[i].role) {
      case Role::customer_id:
        builder_.customer_id(text);
        break;
      case Role::allow:
        builder_.list(consent::Decision::allow, text);
        break;
      case Role::deny:
        builder_.list(consent::Decision::deny, text);
        break;
      case Role::category:
        builder_.column(columns_[i].category, text);
        break;
      case Role::decided_at:
        builder_.decided_at(text);
        break;
      case Role::reason:
      case Role::ignored:
        break;
    }
  }
  builder_.finish(row);
}

std::size_t CanonicalRows::customer_column() const {
  const auto is_it = [](const CsvColumn& column) { return column.role == Role::customer_id; };
  return static_cast<std::size_t>(std::find_if(columns_.begin(), columns_.end(), is_it) - columns_.begin());
}

CsvReader::CsvReader(OpenInput input, char delimiter, const ReaderOptions& options)
    : RowReader(std::move(input), options),
      rows_(lines(), delimiter, file_name(), options.trusts_quotes),
      delimiter_(delimiter) {
  if (!rows_.next())
    throw FileError(fmt::format("{} has no header row; it holds blank lines only", file_name()));
  if (!rows_.damage().empty()) {
    throw FileError(fmt::format("{}: line {}: the header row cannot be read: {}", file_name(), rows_.line(),
                                rows_.damage()));
  }
  if (mapping() != nullptr) {
    columns_ = name_columns(rows_.fields(), file_name());
    maker_ = std::make_unique<MappedRows>(*mapping(), columns_, file_name());
  } else {
    columns_ = read_header(rows_.fields(), file_name());
    maker_ = std::make_unique<CanonicalRows>(columns_);
  }
  for (const CsvColumn& column : columns_) {
    has_reason_ = has_reason_ || column.role == Role::reason;
    if (column.role != Role::reason) names_.push_back(column.name);
  }
  if (!options.store_column.empty())
    store_column_ = find_store_column(columns_, options.store_column, file_name());
}

std::vector<std::string> CsvReader::passed_over() const {
  constexpr std::size_t most = 20;
  std::vector<std::string> passed;
  for (std::size_t i = 0; i < columns_.size() && mapping() == nullptr; ++i) {
    if (columns_[i].role != Role::ignored || store_column_ == i) continue;
    passed.push_back(passed.size() < most ? shown(columns_[i].name) : "...");
    if (passed.size() > most) break;
  }
  return passed;
}

bool CsvReader::next(Row& row) {
  if (!rows_.next()) return false;
  // A column "reason" is what an earlier report put there.
  if (has_reason_) rows_.drop_apostrophes();
  row.line = rows_.line();
  const std::string_view damage = rows_.fields().are_ascii() ? "" : damage_of(rows_.fields().joined());
  if (std::string problem = this->problem(damage); problem.empty()) {
    maker_->make(rows_.fields(), row);
  } else {
    refuse(std::move(problem), row);
  }
  if (store_column_) row.store = store();
  set_source(row, !damage.empty());
  return true;
}

/// Why the row's fields are not looked at; "" if they are.
std::string CsvReader::problem(std::string_view damage) const {
  std::string problem = rows_.problem(columns_.size());
  if (!problem.empty()) return problem;
  return damage.empty() ? "" : fmt::format("the row is no text: {}", damage);
}

// Whose row it is decides whose other rows are held back.
void CsvReader::refuse(std::string problem, Row& row) {
  const CsvFields& fields = rows_.fields();
  CustomerPlace place{maker_->customer_column(), std::nullopt};
  if (!rows_.are_in_place(columns_.size())) {
    place = find_moved_customer(fields, place.field, columns_.size(),
                                [this](std::string_view text) { return maker_->names_customer(text); });
  }
  if (place.rival) {
    problem += fmt::format(
        "; its customer may be in field {} or {}: only other rows of the one in field {} are held back",
        place.field + 1, *place.rival + 1, place.field + 1);
  }
  maker_->refuse(std::move(problem), readable_field(fields, place.field), row);
}

// Bytes that are no text do no harm to the fields beside them.
std::optional<std::string> CsvReader::store() const {
  if (!rows_.are_in_place(columns_.size())) return std::nullopt;
  const std::string_view field = rows_.fields()[*store_column_];
  if (!damage_of(field).empty()) return std::nullopt;
  return std::string(trim(field));
}

// What of a field goes into `room` bytes, in the worst case for quotation marks if it does not fit as it is.
std::string_view fitting(std::string_view field, std::size_t room) {
  if (2 * field.size() + 2 <= room) return field;
  const auto marks = static_cast<std::size_t>(std::count(field.begin(), field.end(), '"'));
  if (field.size() + marks + 2 <= room) return field;
  return cut(field, room < 4 ? 0 : room / 2 - 1);
}

// Shortened between fields or within the last, so that what remains is still CSV, and does not pass for
// whole.
void CsvReader::set_source(Row& row, bool damaged) const {
  const CsvFields& fields = rows_.fields();
  const bool is_plain = delimiter_ == ',' && !has_reason_ && !damaged && fields.are_the_line();
  if (is_plain && fields.size() <= columns_.size() && fields.joined().size() <= max_source_bytes) {
    row.source = fields.joined();
    return;
  }
  std::string line;
  line.reserve(std::min(fields.joined().size(), max_source_bytes));
  bool first = true;
  for (std::size_t i = 0; i < fields.size() && !row.is_shortened; ++i) {
    if (i < columns_.size() && columns_[i].role == Role::reason) continue;
    if (i == columns_.size() && rows_.has_trailing_delimiter(i)) continue;
    if (!std::exchange(first, false)) line += ',';
    const std::string mended = damaged ? repaired(fields[i]) : std::string();
    const std::string_view field = damaged ? mended : fields[i];
    const std::string_view part = fitting(field, max_source_bytes - std::min(max_source_bytes, line.size()));
    append_csv_field(line, part);
    row.is_shortened = part.size() < field.size();
  }
  row.source = std::move(line);
}

}  // namespace

std::unique_ptr<Reader> csv_reader(OpenInput input, const ReaderOptions& options) {
  const char found = take_delimiter(*input.lines, options.mapping.get());
  return std::make_unique<CsvReader>(std::move(input), options.delimiter == '\0' ? found : options.delimiter,
                                     options);
}

}  // namespace consent_sync::input
