#include "confirmed.hpp"
#include "queue.hpp"
#include "slot.hpp"
#include "sources.hpp"
#include "sql_ledger.hpp"

namespace consent_sync::ledger {

using consent::Outcome;

void SqlLedger::commit_plan(const RunId& id, const std::optional<RunId>& in_place_of) {
  connection_.write([&] {
    const RunKey run = own_run(id, {RunState::staging});
    // First: what the plan settles has been seen since.
    if (in_place_of) abandon_open(require_run(connection_, *in_place_of, {RunState::open}));
    write_plan(run, id, RunState::open);
  });
  staged_.erase(id);
}

void SqlLedger::write_plan(const RunKey& run, const RunId& id, RunState into) {
  const bool goes_on = into == RunState::open;
  OutcomeCounts counts;
  ChangeCounts changes;
  TextedSort<QueueEntry> queue(connection_.workspace());
  SourceWriter sources(connection_, run.key);
  RowBlock block;
  RowResult ended;
  Staging& staging = staged(id).rows;
  staging.for_each([&](const RowPlan& row) {
    to_result(row, ended);
    ++counts[ended.outcome];
    if (row.plan.change) changes.add(*row.plan.change);
    for (const RowPlan::Owner& owner : row.owners) {
      if (owner.plan.change) changes.add(*owner.plan.change);
    }
    if (classify(ended.outcome) != consent::OutcomeClass::ok) sources.add(row.row.line, row.row.source);
    for (std::size_t i = 0; i < ended.accounts.size(); ++i) {
      write_account(run.key, row.row.line, i + 1, ended.accounts[i]);
      if (goes_on) write_row_plan(run, row.owners[i].customer, row.owners[i].plan, ended.decided_at, queue);
    }
    const bool speaks_for_one = row.row.record && row.owners.empty();
    if (goes_on && speaks_for_one)
      write_row_plan(run, row.row.record->customer, row.plan, ended.decided_at, queue);
    if (ended.outcome == Outcome::pending) {
      const bool is_in_queue = goes_on && speaks_for_one && row.plan.change;
      if (!is_in_queue) write_row_apart(run, row.row, ended);
      return;
    }
    block.add(ended);
    if (!block.is_full()) return;
    write_block(run.key, block);
    block.clear();
  });
  if (!block.is_empty()) write_block(run.key, block);
  sources.finish();
  enqueue(run.key, queue);
  for (const Outcome outcome : consent::all_outcomes) {
    if (counts[outcome] != 0)
      count_rows(connection_, run.key, outcome, static_cast<std::int64_t>(counts[outcome]));
  }
  execute(
      connection_.prepared(
          "UPDATE run SET planned_changes = ?, planned_withdrawing = ?, planned_granting = ? WHERE key = ?"),
      changes.changes, changes.withdrawing, changes.granting, run.key);
  // A dry run keeps what it saw: whoever carries its plan out needs to see the same.
  if (run.mode != Mode::dry_run) {
    execute(connection_.prepared("DELETE FROM observed WHERE run = ?"), run.key);
    execute(connection_.prepared("DELETE FROM email_of_nobody WHERE run = ?"), run.key);
  }
  if (staging.has_addresses()) {
    execute(connection_.prepared("UPDATE run SET by_email = 1 WHERE key = ?"), run.key);
  }
  update_state(connection_, run.key, into);
}

/// What planning a row for one customer means beyond the row itself.
void SqlLedger::write_row_plan(const RunKey& run, consent::CustomerId customer, const PlannedRow& plan,
                               std::optional<consent::Timestamp> decided_at, TextedSort<QueueEntry>& queue) {
  if (plan.outcome == Outcome::pending) {
    if (plan.change) queue.add(QueueEntry(*plan.change, decided_at), plan.reason);
    if (plan.carried_by) write_carried(run.key, plan);
  } else if (run.mode == Mode::sync && plan.settles) {
    confirm_held(connection_, run.store, customer,
                 {plan.settles->held.value(), plan.settles->asked, std::nullopt, decided_at, run.restores});
  }
}

void SqlLedger::write_account(std::int64_t run, consent::LineNumber line, std::size_t number,
                              const AccountResult& account) {
  execute_later(connection_.appender(
                    "INSERT INTO account (run, line, number, customer, outcome, before, after, reason) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
                run, line, std::uint64_t{number}, account.customer, account.outcome, account.before,
                account.after, account.reason);
}

void SqlLedger::write_row_apart(const RunKey& run, const StagedRow& row, const RowResult& result) {
  // A row by an address that was not looked up before the run was abandoned has no customer.
  std::optional<consent::Choice> choice;
  if (row.record) choice = row.record->choice;
  execute_later(connection_.appender(
                    "INSERT INTO input_row (run, line, customer, choice, decided_at, outcome, before, after, "
                    "reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
                run.key, row.line, result.customer, choice, result.decided_at, Outcome::pending,
                result.before, result.after, result.reason);
}

void SqlLedger::write_carried(std::int64_t run, const PlannedRow& row) {
  execute_later(connection_.appender("INSERT INTO carried_row (run, carrier, line) VALUES (?, ?, ?)"), run,
                slot_of(*row.carried_by, row.carrier_account), slot_of(row.line, row.account));
}

void SqlLedger::write_block(std::int64_t run, const RowBlock& block) {
  execute_later(connection_.appender("INSERT INTO row_block (run, first_line, rows) VALUES (?, ?, ?)"), run,
                block.first_line(), Bytes{block.bytes()});
}

// In the order of the queue, so that it is written from one end to the other however the input is shuffled.
void SqlLedger::enqueue(std::int64_t run, TextedSort<QueueEntry>& queue) {
  QueueWriter writer(connection_, run);
  TextedSort<QueueEntry>::Reader entries(queue);
  while (const QueueEntry* entry = entries.next()) {
    ChangeEnd end;
    end.reason = entries.text();
    writer.add({entry->position(), entry->change(), entry->decided_at(), std::move(end)});
  }
  writer.finish();
}

}  // namespace consent_sync::ledger
