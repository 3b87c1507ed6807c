#include "rejected_csv.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "csv.hpp"
#include "utf8.hpp"

namespace consent_sync::report {
namespace {

bool is_ndjson(const ledger::InputFacts& input) {
  return input.format == "ndjson";
}

std::string list_of(consent::Choice choice, consent::Decision decision) {
  std::string list;
  for (const consent::Category category : consent::all_categories) {
    if (choice.of(category) != decision) continue;
    if (!list.empty()) list += '|';
    list += consent::to_string(category);
  }
  return list;
}

/// A row that was understood, in canonical columns; any other as the line it was.
std::string ndjson_cells(const ledger::RowResult& row) {
  if (!row.customer || !row.after || !row.accounts.empty()) return ",,,," + csv_cell(clean_utf8(row.source));
  return fmt::format("{},{},{},{},", row.customer->value(), list_of(*row.after, consent::Decision::allow),
                     list_of(*row.after, consent::Decision::deny),
                     row.decided_at ? consent::to_rfc3339(*row.decided_at) : "");
}

}  // namespace

std::string rejected_csv_header(const ledger::InputFacts& input) {
  if (is_ndjson(input)) return "customer_id,allow,deny,decided_at,source,reason\n";
  std::string header;
  for (const std::string& column : input.columns) header += csv_cell(clean_utf8(column)) + ',';
  return header + "reason\n";
}

std::string rejected_csv_line(const ledger::InputFacts& input, const ledger::RowResult& row) {
  if (is_ndjson(input)) return ndjson_cells(row) + ',' + csv_text_cell(row.reason) + '\n';
  std::vector<std::string> cells = split_csv_line(clean_utf8(row.source));
  const auto columns = input.columns.size();
  cells.resize(std::max(cells.size(), columns));
  cells.insert(cells.begin() + static_cast<std::ptrdiff_t>(columns), csv_text_cell(row.reason));
  return fmt::format("{}\n", fmt::join(cells, ","));
}

}  // namespace consent_sync::report
