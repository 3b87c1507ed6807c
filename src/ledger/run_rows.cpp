#include "run_rows.hpp"

#include <algorithm>

#include "changed_rows.hpp"
#include "row_block.hpp"

namespace consent_sync::ledger {

void read_row(const Query& query, RowResult& row) {
  row.line = query.integer(0);
  row.customer.reset();
  if (!query.is_null(1)) row.customer = query.customer(1);
  row.decided_at = query.optional_time(2);
  row.outcome = query.outcome(3);
  row.before = query.optional_choice(4);
  row.after = query.optional_choice(5);
  row.http_status = static_cast<int>(query.integer(6));
  row.attempts = static_cast<int>(query.integer(7));
  row.reason = query.text(8);
}

std::vector<std::pair<std::int64_t, RunId>> planned_runs(Connection& connection, const std::string& store) {
  Query query(
      connection.prepared("SELECT key, id FROM run WHERE store = ? AND state <> 'staging' ORDER BY key DESC"),
      store);
  std::vector<std::pair<std::int64_t, RunId>> runs;
  while (query.next()) runs.emplace_back(query.integer(0), query.text(1));
  return runs;
}

std::set<consent::LineNumber> lines_shared_with(Connection& connection, std::int64_t run,
                                                consent::CustomerId customer) {
  Query query(connection.prepared("SELECT line FROM account WHERE run = ? AND customer = ?"), run, customer);
  std::set<consent::LineNumber> lines;
  while (query.next()) lines.insert(query.integer(0));
  return lines;
}

std::vector<RowResult> rows_of_customer(Connection& connection, std::int64_t run,
                                        consent::CustomerId customer) {
  std::vector<RowResult> rows;
  const std::set<consent::LineNumber> shared = lines_shared_with(connection, run, customer);
  Query apart(
      connection.prepared("SELECT line, customer, decided_at, outcome, before, after, http_status, attempts, "
                          "reason FROM input_row WHERE run = ?1 AND (customer = ?2 OR line IN (SELECT line "
                          "FROM account WHERE run = ?1 AND customer = ?2))"),
      run, customer);
  RowResult row;
  while (apart.next()) {
    read_row(apart, row);
    rows.push_back(row);
  }
  for (const StoredChange& stored : changes_of_customer(connection, run, customer)) {
    if (stored.change.account == 0) rows.push_back(row_of(stored));
  }
  Query blocks(connection.scan(blocks_of_run), run);
  while (blocks.next()) {
    std::string bytes = blocks.blob(1);
    if (shared.empty() && !may_have(bytes, customer)) continue;
    RowBlockReader reader(blocks.integer(0), std::move(bytes));
    while (reader.next(row)) {
      if (row.customer == customer || shared.contains(row.line)) rows.push_back(row);
    }
  }
  std::sort(rows.begin(), rows.end(),
            [](const RowResult& one, const RowResult& other) { return one.line < other.line; });
  return rows;
}

}  // namespace consent_sync::ledger
