#include "rejected_rows.hpp"

#include <algorithm>
#include <vector>

#include "csv.hpp"
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

/// The object without the reason that an earlier report put at its end.
std::string_view without_reason(std::string_view object) {
  constexpr std::string_view member = ",\"reason\":\"";
  const std::size_t start = object.rfind(member);
  if (start == std::string_view::npos || !object.ends_with("\"}")) return object;
  const std::string_view text =
      object.substr(start + member.size(), object.size() - start - member.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') return object;
    if (text[i] == '\\') ++i;
  }
  return object.substr(0, start);
}

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// The row's own object with its reason at the end. What is no object stands in one as it was.
std::string ndjson_line(const ledger::RowResult& row) {
  const std::string reason = ",\"reason\":" + json_text(row.reason) + "}\n";
  const std::string source = one_line(row.source);
  const std::string_view text = trimmed(source);
  if (!text.starts_with('{') || !text.ends_with('}')) return "{\"source\":" + json_text(row.source) + reason;
  std::string_view object = without_reason(text);
  if (object.ends_with('}')) object = trimmed(object.substr(0, object.size() - 1));
  return std::string(object) + (object == "{" ? reason.substr(1) : reason);
}

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
  cells.resize(std::max(cells.size(), columns));
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
