#include "rejected_rows.hpp"

#include <vector>

#include <fmt/format.h>

#include "csv.hpp"
#include "json_members.hpp"
#include "json_writer.hpp"
#include "settings_text.hpp"
#include "utf8.hpp"

namespace consent_sync::report {
namespace {

/// Where a run was told what delimits its cells, the next one is told the same.
char delimiter_in(std::string_view settings) {
  const std::string_view set = setting_in(settings, "input.delimiter");
  if (set == "tab") return '\t';
  return set.size() == 1 ? set.front() : ',';
}

/// The file is UTF-8 whatever the input was.
std::string_view flags_in(std::string_view settings) {
  const std::string_view encoding = setting_in(settings, "input.encoding");
  return encoding.empty() || encoding == "auto" || encoding == "utf-8" ? "" : "--input-encoding utf-8";
}

/// The row's own object with its reason at the end. What is no object stands in one as it was.
std::string ndjson_line(const ledger::RowResult& row) {
  const std::string members =
      members_without("reason", row.source).value_or("\"source\":" + json_text(row.source));
  return fmt::format("{{{}{}\"reason\":{}}}\n", one_line(members), members.empty() ? "" : ",",
                     json_text(row.reason));
}

/// Beyond the columns of a row that lacks some: what is filled up must not pass for whole.
constexpr const char* is_incomplete = "complete the row and take this cell away";

}  // namespace

RejectedRows::RejectedRows(const ledger::Run& run)
    : input_(run.input), delimiter_(delimiter_in(run.settings)), flags_(flags_in(run.settings)) {}

std::string_view RejectedRows::file_name() const {
  return is_ndjson() ? "rejected.ndjson" : "rejected.csv";
}

std::string RejectedRows::header() const {
  if (is_ndjson()) return "";
  std::vector<std::string> cells;
  for (const std::string& column : input_.columns)
    cells.push_back(csv_cell(inert(clean_utf8(column)), delimiter_));
  cells.emplace_back("reason");
  return joined(cells);
}

std::string RejectedRows::line(const ledger::RowResult& row) const {
  if (is_ndjson()) return ndjson_line(row);
  std::vector<std::string> cells = split_csv_line(clean_utf8(row.source));
  for (std::string& cell : cells) cell = csv_cell(inert(cell), delimiter_);
  const auto columns = input_.columns.size();
  if (cells.size() < columns) {
    cells.resize(columns);
    cells.emplace_back(is_incomplete);
  }
  cells.insert(cells.begin() + static_cast<std::ptrdiff_t>(columns), csv_text_cell(row.reason, delimiter_));
  return joined(cells);
}

std::string RejectedRows::joined(const std::vector<std::string>& cells) const {
  std::string line;
  for (const std::string& cell : cells) {
    if (&cell != &cells.front()) line += delimiter_;
    line += cell;
  }
  return line + '\n';
}

}  // namespace consent_sync::report
