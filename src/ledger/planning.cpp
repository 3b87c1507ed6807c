#include "schema.hpp"
#include "sqlite_ledger.hpp"

namespace consent_sync::ledger {
namespace {

/// Customers come in the order of their first rows: their rows are then planned, with few exceptions, in the
/// order in which they lie in the file. SQLite sorts on disk.
constexpr const char* customers_of_run =
    "SELECT row.customer, row.line, row.choice, row.decided_at, row.confirmed, row.part FROM (SELECT "
    "r.customer, r.line, r.choice, r.decided_at, r.part, c.choice AS confirmed, min(r.line) OVER (PARTITION "
    "BY r.customer) AS first_line "
    "FROM input_row r LEFT JOIN confirmed c ON c.store = ?1 AND c.customer = r.customer AND NOT c.in_doubt "
    "WHERE r.run = ?2 AND r.customer IS NOT NULL) row ORDER BY row.first_line, row.line";

}  // namespace

void SqliteLedger::stage(const RunId& id, std::span<const StagedRow> rows) {
  connection_.write([&] {
    const RunKey run = require_run(connection_, id, {RunState::staging});
    auto& understood = connection_.prepared(
        "INSERT INTO input_row (run, line, customer, choice, decided_at, part, outcome) VALUES (?, ?, ?, ?, "
        "?, ?, 'pending')");
    auto& invalid = connection_.prepared(
        "INSERT INTO input_row (run, line, customer, outcome, reason) VALUES (?, ?, ?, 'invalid', ?)");
    auto& source = connection_.prepared("INSERT INTO source (run, line, text) VALUES (?, ?, ?)");
    for (const StagedRow& row : rows) {
      if (row.record) {
        execute(understood, run.key, row.line, row.record->customer, row.record->choice,
                row.record->decided_at, row.record->part);
      } else {
        execute(invalid, run.key, row.line, row.customer, row.reason);
      }
      if (!row.source.empty()) execute(source, run.key, row.line, row.source);
    }
  });
}

void SqliteLedger::finish_staging(const RunId& id, const InputFacts& input) {
  connection_.write([&] {
    const RunKey run = require_run(connection_, id, {RunState::staging});
    update_input(connection_, run.key, input);
  });
}

void SqliteLedger::for_each_customer(const RunId& id, const std::function<void(const CustomerRows&)>& visit) {
  connection_.guarded([&] {
    const RunKey run = require_run(connection_, id);
    // A connection of its own sees the ledger as it is now, whatever `visit` writes.
    Connection reader(connection_.path());
    set_pragmas(reader);
    Query query(reader.prepared(customers_of_run), run.store, run.key);
    std::optional<CustomerRows> current;
    while (query.next()) {
      const consent::CustomerId customer = query.customer(0);
      if (!current || current->customer != customer) {
        if (current) visit(*current);
        current = CustomerRows{customer, {}, query.optional_choice(4)};
      }
      const std::optional<consent::Choice> choice = query.optional_choice(2);
      current->rows.push_back({query.integer(1), choice.value_or(consent::Choice()), query.optional_time(3),
                               query.optional_part(5), !choice});
    }
    if (current) visit(*current);
  });
}

void SqliteLedger::plan(const RunId& id, std::span<const PlannedRow> rows) {
  connection_.write([&] {
    const RunKey run = require_run(connection_, id, {RunState::staging});
    auto& update = connection_.prepared(
        "UPDATE input_row SET outcome = ?, reason = ?, before = ?, after = ? WHERE run = ? AND line = ?");
    auto& carried = connection_.prepared("INSERT INTO carried_row (run, carrier, line) VALUES (?, ?, ?)");
    std::uint64_t changes = 0;
    std::uint64_t withdrawing = 0;
    std::uint64_t granting = 0;
    for (const PlannedRow& row : rows) {
      execute(update, row.outcome, row.reason, row.before, row.after, run.key, row.line);
      if (row.carried_by) execute(carried, run.key, *row.carried_by, row.line);
      if (!row.change) continue;
      ++changes;
      if (withdraws(row.change->before, row.change->wanted)) ++withdrawing;
      if (grants(row.change->before, row.change->wanted)) ++granting;
      if (row.outcome == consent::Outcome::pending) enqueue(run.key, row);
    }
    execute(connection_.prepared(
                "UPDATE run SET planned_changes = planned_changes + ?, planned_withdrawing = "
                "planned_withdrawing + ?, planned_granting = planned_granting + ? WHERE key = ?"),
            changes, withdrawing, granting, run.key);
  });
}

void SqliteLedger::enqueue(std::int64_t run, const PlannedRow& row) {
  const consent::Change& change = *row.change;
  const int rank = withdraws(change.before, change.wanted) ? 0 : 1;
  execute(connection_.prepared(
              "INSERT INTO queue (run, rank, line, customer, before, wanted) VALUES (?, ?, ?, ?, ?, ?)"),
          run, rank, change.line, change.customer, change.before, change.wanted);
}

void SqliteLedger::commit_plan(const RunId& id) {
  connection_.write([&] {
    const RunKey run = require_run(connection_, id, {RunState::staging});
    update_state(connection_, run.key, RunState::open);
  });
}

}  // namespace consent_sync::ledger
