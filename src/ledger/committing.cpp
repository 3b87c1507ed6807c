#include "sqlite_ledger.hpp"

namespace consent_sync::ledger {

using consent::Outcome;

void SqliteLedger::commit_plan(const RunId& id) {
  connection_.write([&] {
    const RunKey run = require_run(connection_, id, {RunState::staging});
    write_plan(run, id, RunState::open);
  });
  staged_.erase(id);
}

void SqliteLedger::write_plan(const RunKey& run, const RunId& id, RunState into) {
  const bool goes_on = into == RunState::open;
  OutcomeCounts counts;
  ChangeCounts changes;
  ExternalSort<QueueEntry> queue(connection_.path());
  RowBlock block;
  RowResult ended;
  staged(id).rows.for_each([&](const RowPlan& row) {
    ++counts[row.plan.outcome];
    if (row.plan.change) changes.add(*row.plan.change);
    if (classify(row.plan.outcome) != consent::OutcomeClass::ok) write_source(run.key, row.row);
    if (row.plan.outcome == Outcome::pending) {
      write_live_row(run, row);
      if (goes_on && row.plan.change) {
        queue.make_room(1);
        queue.add(QueueEntry(*row.plan.change, row.row.record->decided_at));
      }
      if (goes_on && row.plan.carried_by) write_carried(run.key, row.plan);
      return;
    }
    if (goes_on && run.mode == Mode::sync && row.plan.settles) {
      confirm_held(run, row.row.record->customer, row.plan.settles->held.value(), row.plan.settles->asked,
                   std::nullopt);
    }
    to_result(row, ended);
    block.add(ended);
    if (!block.is_full()) return;
    write_block(run.key, block);
    block.clear();
  });
  if (!block.is_empty()) write_block(run.key, block);
  enqueue(run.key, queue);
  for (const Outcome outcome : consent::all_outcomes) {
    if (counts[outcome] != 0) count_rows(run.key, outcome, static_cast<std::int64_t>(counts[outcome]));
  }
  execute(
      connection_.prepared(
          "UPDATE run SET planned_changes = ?, planned_withdrawing = ?, planned_granting = ? WHERE key = ?"),
      changes.changes, changes.withdrawing, changes.granting, run.key);
  // A dry run keeps what it saw: whoever carries its plan out needs to see the same.
  if (run.mode != Mode::dry_run) execute(connection_.prepared("DELETE FROM observed WHERE run = ?"), run.key);
  update_state(connection_, run.key, into);
}

void SqliteLedger::write_live_row(const RunKey& run, const RowPlan& row) {
  const consent::Record& record = *row.row.record;
  execute(connection_.prepared(
              "INSERT INTO input_row (run, line, customer, choice, decided_at, outcome, before, after, "
              "reason) VALUES (?, ?, ?, ?, ?, 'pending', ?, ?, ?)"),
          run.key, row.row.line, record.customer, record.choice, record.decided_at, row.plan.before,
          row.plan.after, row.plan.reason);
}

void SqliteLedger::write_carried(std::int64_t run, const PlannedRow& row) {
  execute(connection_.prepared("INSERT INTO carried_row (run, carrier, line) VALUES (?, ?, ?)"), run,
          *row.carried_by, row.line);
}

void SqliteLedger::write_source(std::int64_t run, const StagedRow& row) {
  if (row.source.empty()) return;
  execute(connection_.prepared("INSERT INTO source (run, line, text) VALUES (?, ?, ?)"), run, row.line,
          row.source);
}

void SqliteLedger::write_block(std::int64_t run, const RowBlock& block) {
  auto& insert = connection_.prepared("INSERT INTO row_block (run, first_line, rows) VALUES (?, ?, ?)");
  insert.tryReset();
  insert.bind(1, run);
  insert.bind(2, block.first_line());
  insert.bindNoCopy(3, block.bytes().data(), static_cast<int>(block.bytes().size()));
  insert.exec();
  insert.tryReset();
}

// In the order of the queue, so that it is written from one end to the other however the input is shuffled.
void SqliteLedger::enqueue(std::int64_t run, ExternalSort<QueueEntry>& queue) {
  auto& insert = connection_.prepared(
      "INSERT INTO queue (run, rank, decided_at, line, customer, before, wanted, input, "
      "base_held, base_asked, base_in_doubt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  ExternalSort<QueueEntry>::Reader entries = queue.read();
  while (const QueueEntry* entry = entries.next()) {
    const QueuePosition position = entry->position();
    const consent::Change change = entry->change();
    execute(insert, run, position.rank, position.decided_at, position.line, change.customer, change.before,
            change.wanted, change.input, change.base.held, change.base.asked, change.base.in_doubt);
  }
}

void SqliteLedger::confirm_held(const RunKey& run, consent::CustomerId customer, consent::Choice held,
                                std::optional<consent::Choice> asked,
                                std::optional<consent::Timestamp> when) {
  // Without a reply of this moment, what was known before is no newer for it.
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  execute(
      connection_.prepared(
          "INSERT INTO confirmed (store, customer, choice, asked, confirmed_at) VALUES (?, ?, ?, ?, ?) ON "
          "CONFLICT (store, customer) DO UPDATE SET choice = excluded.choice, asked = excluded.asked, "
          "confirmed_at = CASE WHEN ? AND choice = excluded.choice AND NOT in_doubt THEN confirmed_at ELSE "
          "excluded.confirmed_at END, in_doubt = 0"),
      run.store, customer, held, asked, when.value_or(now), !when.has_value());
}

void SqliteLedger::count_rows(std::int64_t run, Outcome outcome, std::int64_t more) {
  execute(connection_.prepared(
              "INSERT INTO outcome_count (run, outcome, rows) VALUES (?, ?, ?) ON CONFLICT (run, "
              "outcome) DO UPDATE SET rows = rows + excluded.rows"),
          run, outcome, more);
}

}  // namespace consent_sync::ledger
