#include "schema.hpp"
#include "sqlite_ledger.hpp"

namespace consent_sync::ledger {
namespace {

constexpr const char* rows_of_run =
    "SELECT r.line, r.customer, r.decided_at, r.outcome, r.before, r.after, r.http_status, r.attempts, "
    "r.reason, "
    "coalesce(s.text, '') FROM input_row r LEFT JOIN source s ON s.run = r.run AND s.line = r.line WHERE "
    "r.run = ? "
    "ORDER BY r.line";

RowResult read_row(const Query& query) {
  RowResult row;
  row.line = query.integer(0);
  if (!query.is_null(1)) row.customer = query.customer(1);
  row.decided_at = query.optional_time(2);
  row.outcome = query.outcome(3);
  row.before = query.optional_choice(4);
  row.after = query.optional_choice(5);
  row.http_status = static_cast<int>(query.integer(6));
  row.attempts = static_cast<int>(query.integer(7));
  row.reason = query.text(8);
  if (classify(row.outcome) != consent::OutcomeClass::ok) row.source = query.text(9);
  return row;
}

}  // namespace

OutcomeCounts SqliteLedger::counts(const RunId& id) {
  return connection_.guarded([&] {
    const RunKey run = require_run(connection_, id);
    Query query(
        connection_.prepared("SELECT outcome, count(*) FROM input_row WHERE run = ? GROUP BY outcome"),
        run.key);
    OutcomeCounts counts;
    while (query.next()) counts[query.outcome(0)] = query.count(1);
    return counts;
  });
}

ChangeCounts SqliteLedger::change_counts(const RunId& id) {
  return connection_.guarded([&] {
    const RunKey run = require_run(connection_, id);
    Query query(connection_.prepared(
                    "SELECT planned_changes, planned_withdrawing, planned_granting FROM run WHERE key = ?"),
                run.key);
    query.next();
    return ChangeCounts{query.count(0), query.count(1), query.count(2)};
  });
}

void SqliteLedger::for_each_row(const RunId& id, const std::function<void(const RowResult&)>& visit) {
  connection_.guarded([&] {
    const RunKey run = require_run(connection_, id);
    // A connection of its own: one state of the ledger from the first row to the last, whatever is written
    // meanwhile.
    Connection reader(connection_.path());
    set_pragmas(reader);
    Query query(reader.prepared(rows_of_run), run.key);
    while (query.next()) visit(read_row(query));
  });
}

std::optional<consent::Choice> SqliteLedger::confirmed(const std::string& store,
                                                       consent::CustomerId customer) {
  return connection_.guarded([&]() -> std::optional<consent::Choice> {
    Query query(connection_.prepared(
                    "SELECT choice FROM confirmed WHERE store = ? AND customer = ? AND NOT in_doubt"),
                store, customer);
    if (!query.next()) return std::nullopt;
    return query.choice(0);
  });
}

}  // namespace consent_sync::ledger
