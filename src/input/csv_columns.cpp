#include "csv_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <consent_sync/input/reader.hpp>
#include <utility>

#include "column_names.hpp"
#include "format.hpp"
#include "text.hpp"

namespace consent_sync::input {
namespace {

using Role = CsvColumn::Role;

constexpr std::string_view delimiters = ",;\t|";
constexpr std::size_t shown_columns = 20;

CsvColumn column_of(std::string_view field) {
  const std::string_view name = trim_invisible(field);
  CsvColumn column{Role::ignored, consent::Category::essential, std::string(name)};
  const std::string word = lower(name);
  if (word == "customer_id") column.role = Role::customer_id;
  if (word == "allow") column.role = Role::allow;
  if (word == "deny") column.role = Role::deny;
  if (word == "decided_at") column.role = Role::decided_at;
  if (word == "reason") column.role = Role::reason;
  if (const auto category = consent::parse_category(word)) {
    column.role = Role::category;
    column.category = *category;
  }
  return column;
}

std::string list_of(const std::vector<CsvColumn>& columns) {
  std::string list;
  for (std::size_t i = 0; i < std::min(columns.size(), shown_columns); ++i) {
    list += fmt::format("{}{}", i == 0 ? "" : ", ", shown(columns[i].name));
  }
  return columns.size() > shown_columns ? list + ", ..." : list;
}

bool has(const std::vector<CsvColumn>& columns, Role role) {
  return std::any_of(columns.begin(), columns.end(), [role](const CsvColumn& c) { return c.role == role; });
}

// A second column of the same meaning, if there is one.
const CsvColumn* find_duplicate(const std::vector<CsvColumn>& columns) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].role == Role::ignored || columns[i].role == Role::reason) continue;
    for (std::size_t j = 0; j < i; ++j) {
      if (columns[i].role == columns[j].role && columns[i].category == columns[j].category)
        return &columns[i];
    }
  }
  return nullptr;
}

bool has_name(const std::vector<CsvColumn>& columns, std::string_view name) {
  return std::any_of(columns.begin(), columns.end(),
                     [name](const CsvColumn& column) { return equals_ignoring_case(column.name, name); });
}

// A column whose decisions would be passed over for a letter.
std::string misspelling_in(const std::vector<CsvColumn>& columns) {
  for (const CsvColumn& column : columns) {
    const std::string_view meant = column.role == Role::ignored ? meant_by(column.name) : "";
    if (meant.empty() || meant == "consent" || has_name(columns, meant)) continue;
    return fmt::format("the header row has the column {}, which is not read; did you mean {}?",
                       shown(column.name), meant);
  }
  return {};
}

std::string problem_of(const std::vector<CsvColumn>& columns) {
  const bool lists = has(columns, Role::allow) || has(columns, Role::deny);
  const bool categories = has(columns, Role::category);
  if (!has(columns, Role::customer_id)) return "the header row has no column customer_id";
  if (std::string misspelling = misspelling_in(columns); !misspelling.empty()) return misspelling;
  if (const CsvColumn* duplicate = find_duplicate(columns)) {
    return fmt::format("the header row has the column {} twice", shown(duplicate->name));
  }
  if (lists && categories) {
    return "the header row has allow or deny beside columns of single categories; use the one or the other";
  }
  if (!lists && !categories) {
    return "the header row has no decisions; it needs allow and deny, or a column for each category "
           "(essential, "
           "functional, analytics, targeting)";
  }
  return {};
}

bool is_wanted(std::string_view name, const std::vector<std::string>& wanted) {
  return std::any_of(wanted.begin(), wanted.end(),
                     [name](const std::string& known) { return lower(known) == lower(name); });
}

std::size_t count_known(std::string_view header, char delimiter, const std::vector<std::string>& wanted,
                        std::size_t& columns) {
  std::size_t known = 0;
  columns = 0;
  for (;;) {
    const std::size_t end = header.find(delimiter);
    std::string_view name = trim(header.substr(0, end));
    if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
    if (column_of(name).role != Role::ignored || is_wanted(trim_invisible(name), wanted)) ++known;
    ++columns;
    if (end == std::string_view::npos) return known;
    header.remove_prefix(end + 1);
  }
}

std::vector<CsvColumn> all_columns(const CsvFields& header, const std::string& file_name) {
  if (const std::string_view damage = damage_of(header.joined()); !damage.empty()) {
    throw FileError(
        fmt::format("{}: the header row cannot be read: {}; name the file's encoding (input.encoding), or "
                    "convert it to UTF-8",
                    file_name, damage));
  }
  std::vector<CsvColumn> columns;
  for (std::size_t i = 0; i < header.size(); ++i) columns.push_back(column_of(header[i]));
  if (has(columns, Role::reason)) {
    for (CsvColumn& column : columns) column = column_of(without_apostrophe(column.name));
  }
  // A delimiter at the end of each line is no column.
  if (columns.size() > 1 && columns.back().name.empty()) columns.pop_back();
  return columns;
}

std::string_view advice_for(const MappedRow::Slot& slot) {
  if (slot.use == MappedRow::Slot::Use::decided_at) return " for decided_at (decided_at: ~ does without)";
  if (slot.use == MappedRow::Slot::Use::part) return " (if it may be missing, put it under optional)";
  return slot.use == MappedRow::Slot::Use::customer ? " for the customer" : "";
}

}  // namespace

std::vector<CsvColumn> name_columns(const CsvFields& header, const std::string& file_name) {
  std::vector<CsvColumn> columns = all_columns(header, file_name);
  for (CsvColumn& column : columns) {
    if (column.role != Role::reason) column.role = Role::ignored;
  }
  return columns;
}

std::vector<CsvColumn> read_header(const CsvFields& header, const std::string& file_name) {
  std::vector<CsvColumn> columns = all_columns(header, file_name);
  if (const std::string problem = problem_of(columns); !problem.empty()) {
    throw FileError(fmt::format("{}: {}{} Its columns are: {}", file_name, problem,
                                problem.ends_with('?') ? "" : ".", list_of(columns)));
  }
  return columns;
}

std::vector<std::optional<std::size_t>> find_columns(const std::vector<CsvColumn>& columns,
                                                     const std::vector<MappedRow::Slot>& slots,
                                                     const std::string& file_name) {
  std::vector<std::optional<std::size_t>> found;
  for (const MappedRow::Slot& slot : slots) {
    const std::string wanted = lower(slot.field.name);
    const auto is_it = [&wanted](const CsvColumn& column) { return lower(column.name) == wanted; };
    const auto column = std::find_if(columns.begin(), columns.end(), is_it);
    if (column == columns.end() && !slot.optional) {
      throw FileError(
          fmt::format("{}: the header row has no column {}, which the mapping needs{}. Its columns are: {}",
                      file_name, shown(slot.field.name), advice_for(slot), list_of(columns)));
    }
    if (std::count_if(columns.begin(), columns.end(), is_it) > 1) {
      throw FileError(fmt::format("{}: the header row has the column {} twice. Its columns are: {}",
                                  file_name, shown(slot.field.name), list_of(columns)));
    }
    found.emplace_back(column == columns.end() ? std::nullopt
                                               : std::optional<std::size_t>(column - columns.begin()));
  }
  return found;
}

std::size_t find_store_column(const std::vector<CsvColumn>& columns, const std::string& name,
                              const std::string& file_name) {
  const std::string wanted = lower(name);
  const auto is_it = [&wanted](const CsvColumn& column) {
    return column.role != Role::reason && lower(column.name) == wanted;
  };
  const auto found = std::find_if(columns.begin(), columns.end(), is_it);
  if (found == columns.end() || std::count_if(columns.begin(), columns.end(), is_it) > 1) {
    throw FileError(fmt::format("{}: the header row has the column {} {}, which input.store_column names",
                                file_name, shown(name), found == columns.end() ? "nowhere" : "twice"));
  }
  return static_cast<std::size_t>(found - columns.begin());
}

char detect_delimiter(std::string_view header, const std::vector<std::string>& wanted) {
  char best = delimiters.front();
  std::pair<std::size_t, std::size_t> best_score{0, 0};
  for (const char delimiter : delimiters) {
    std::size_t columns = 0;
    const std::size_t known = count_known(header, delimiter, wanted, columns);
    if (std::pair(known, columns) > best_score) {
      best_score = {known, columns};
      best = delimiter;
    }
  }
  return best;
}

char take_delimiter(LineReader& lines, const Mapping* mapping) {
  // Spreadsheet programs write it for one another above the header row.
  const std::string_view line = first_line(lines.peek());
  if (line.size() == 5 && equals_ignoring_case(line.substr(0, 4), "sep=")) {
    const char delimiter = line[4];
    Line passed;
    do {
      lines.next(passed);
    } while (trim(passed.text).empty());
    return delimiter;
  }
  std::vector<std::string> wanted;
  if (mapping != nullptr) {
    const MappedRow row(*mapping);
    for (const MappedRow::Slot& slot : row.slots()) wanted.push_back(slot.field.name);
  }
  return detect_delimiter(first_line(lines.peek()), wanted);
}

}  // namespace consent_sync::input
