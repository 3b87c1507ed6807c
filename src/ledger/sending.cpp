#include "accounts.hpp"
#include "evidence_log.hpp"
#include "slot.hpp"
#include "sqlite_ledger.hpp"

namespace consent_sync::ledger {

std::vector<QueuedChange> SqliteLedger::take_changes(const RunId& id, QueuePosition after,
                                                     std::size_t limit) {
  std::vector<QueuedChange> taken;
  connection_.write([&] {
    const RunKey run = require_run(connection_, id, {RunState::open});
    Query query(
        connection_.prepared(
            "SELECT queue.rank, queue.decided_at, queue.line, customer, before, wanted, input, base_held, "
            "base_asked, base_in_doubt, (queue.rank, queue.decided_at, queue.line) <= (handed_rank, "
            "handed_decided_at, handed_line) FROM queue JOIN run ON run.key = queue.run WHERE queue.run = ? "
            "AND (queue.rank, queue.decided_at, queue.line) > (?, ?, ?) ORDER BY queue.rank, "
            "queue.decided_at, queue.line LIMIT ?"),
        run.key, after.rank, after.decided_at, after.line, std::uint64_t{limit});
    while (query.next()) {
      const QueuePosition position{static_cast<int>(query.integer(0)), query.time(1), query.integer(2)};
      const consent::Base base{query.optional_choice(7), query.optional_choice(8), query.integer(9) != 0};
      const consent::Change change{line_of(position.line),   query.customer(3), query.optional_choice(4),
                                   query.choice(5),          query.choice(6),   base,
                                   account_of(position.line)};
      taken.push_back({position, change, query.integer(10) != 0});
    }
    if (taken.empty()) return;
    const QueuePosition last = taken.back().position;
    execute(
        connection_.prepared(
            "UPDATE run SET handed_rank = ?1, handed_decided_at = ?2, handed_line = ?3 WHERE key = ?4 AND "
            "(handed_rank, handed_decided_at, handed_line) < (?1, ?2, ?3)"),
        last.rank, last.decided_at, last.line, run.key);
  });
  return taken;
}

void SqliteLedger::give_back(const RunId& id, QueuePosition last) {
  connection_.write([&] {
    const RunKey run = require_run(connection_, id, {RunState::open});
    execute(connection_.prepared(
                "UPDATE run SET handed_rank = ?, handed_decided_at = ?, handed_line = ? WHERE key = ?"),
            last.rank, last.decided_at, last.line, run.key);
  });
}

std::uint64_t SqliteLedger::queued_withdrawals(const RunId& id) {
  return connection_.guarded([&] {
    const RunKey run = require_run(connection_, id);
    Query query(connection_.prepared("SELECT count(*) FROM queue WHERE run = ? AND rank = 0"), run.key);
    query.next();
    return query.count(0);
  });
}

void SqliteLedger::record(const RunId& id, std::span<const consent::ChangeResult> results,
                          const Traffic& traffic) {
  connection_.write([&] {
    const RunKey run = require_run(connection_, id, {RunState::open});
    EvidenceLog evidence(connection_, run.store);
    for (const consent::ChangeResult& result : results) record_one(run, id, result, evidence);
    update_traffic(connection_, run.key, traffic);
  });
}

void SqliteLedger::record_one(const RunKey& run, const RunId& id, const consent::ChangeResult& result,
                              EvidenceLog& evidence) {
  if (result.outcome == consent::Outcome::pending) return note_tries(run, result);
  const std::int64_t slot = slot_of(result.change.line, result.change.account);
  if (!end_row(run, slot, result)) return;
  for (const std::int64_t carried : carried_by(run, slot)) end_row(run, carried, result);
  // A row of a queue that an earlier version wrote stands there as if it had not told its time.
  execute(connection_.prepared(
              "DELETE FROM queue WHERE run = ?1 AND rank IN (0, 1) AND decided_at IN (?3, (SELECT decided_at "
              "FROM input_row WHERE run = ?1 AND line = ?4)) AND line = ?2"),
          run.key, slot, QueuePosition().decided_at, result.change.line);
  if (run.mode == Mode::sync) settle(run, id, result, evidence);
}

std::vector<std::int64_t> SqliteLedger::carried_by(const RunKey& run, std::int64_t slot) {
  Query query(connection_.prepared("SELECT line FROM carried_row WHERE run = ? AND carrier = ?"), run.key,
              slot);
  std::vector<std::int64_t> slots;
  while (query.next()) slots.push_back(query.integer(0));
  return slots;
}

/// False when it has ended already.
bool SqliteLedger::end_row(const RunKey& run, std::int64_t slot, const consent::ChangeResult& result) {
  if (account_of(slot) != 0) return end_account(run, slot, result);
  // What was asked for may have been settled only when the store was asked.
  const int ended = execute(
      connection_.prepared(
          "UPDATE input_row SET outcome = ?, http_status = ?, attempts = ?, reason = ?, before = ?, after "
          "= ? WHERE run = ? AND line = ? AND outcome = 'pending'"),
      result.outcome, result.http_status, result.attempts, result.reason, result.change.before,
      result.change.wanted, run.key, slot);
  if (ended == 0) return false;
  count_rows(run.key, consent::Outcome::pending, -1);
  count_rows(run.key, result.outcome, 1);
  return true;
}

bool SqliteLedger::end_account(const RunKey& run, std::int64_t slot, const consent::ChangeResult& result) {
  const int ended = execute(
      connection_.prepared(
          "UPDATE account SET outcome = ?, http_status = ?, attempts = ?, reason = ?, before = ?, after = ? "
          "WHERE run = ? AND line = ? AND number = ? AND outcome = 'pending'"),
      result.outcome, result.http_status, result.attempts, result.reason, result.change.before,
      result.change.wanted, run.key, line_of(slot), int{account_of(slot)});
  if (ended == 0) return false;
  end_shared_row(run, line_of(slot));
  return true;
}

/// Ends a row that speaks for several customers, once it has ended for all of them.
void SqliteLedger::end_shared_row(const RunKey& run, consent::LineNumber line) {
  RowResult row;
  {
    Query query(
        connection_.prepared("SELECT line, customer, outcome, before, after, http_status, attempts, reason "
                             "FROM account WHERE run = ? AND line = ? ORDER BY number"),
        run.key, line);
    while (query.next()) row.accounts.push_back(read_account(query));
  }
  sum_up(row);
  if (row.outcome == consent::Outcome::pending) return;
  execute(
      connection_.prepared("UPDATE input_row SET customer = ?, outcome = ?, http_status = ?, attempts = ?, "
                           "reason = ?, before = ?, after = ? WHERE run = ? AND line = ?"),
      row.customer, row.outcome, row.http_status, row.attempts, row.reason, row.before, row.after, run.key,
      line);
  count_rows(run.key, consent::Outcome::pending, -1);
  count_rows(run.key, row.outcome, 1);
}

void SqliteLedger::settle(const RunKey& run, const RunId& id, const consent::ChangeResult& result,
                          EvidenceLog& evidence) {
  using consent::Outcome;
  if (result.held) {
    if (result.outcome != Outcome::unchanged) evidence.append(entry_of(run, id, result));
    confirm_held(run, result.change.customer, *result.held, result.asked, result.confirmed_at);
  } else if (result.outcome != Outcome::failed && result.outcome != Outcome::conflict &&
             result.outcome != Outcome::held_back) {
    execute(connection_.prepared("UPDATE confirmed SET in_doubt = 1 WHERE store = ? AND customer = ?"),
            run.store, result.change.customer);
  }
}

void SqliteLedger::note_tries(const RunKey& run, const consent::ChangeResult& result) {
  const consent::Change& change = result.change;
  if (change.account != 0) {
    execute(
        connection_.prepared("UPDATE account SET http_status = ?, attempts = ?, reason = ? WHERE run = ? AND "
                             "line = ? AND number = ? AND outcome = 'pending'"),
        result.http_status, result.attempts, result.reason, run.key, change.line, int{change.account});
    return;
  }
  execute(connection_.prepared("UPDATE input_row SET http_status = ?, attempts = ?, reason = ? WHERE run = ? "
                               "AND line = ? AND outcome = 'pending'"),
          result.http_status, result.attempts, result.reason, run.key, change.line);
}

EvidenceEntry SqliteLedger::entry_of(const RunKey& run, const RunId& id,
                                     const consent::ChangeResult& result) {
  EvidenceEntry entry;
  entry.customer = result.change.customer;
  entry.before = result.change.before;
  entry.after = result.held;
  entry.confirmed_at = result.confirmed_at;
  entry.run = id;
  entry.line = result.change.line;
  Query query(connection_.prepared("SELECT decided_at FROM input_row WHERE run = ? AND line = ?"), run.key,
              result.change.line);
  if (query.next()) entry.decided_at = query.optional_time(0);
  return entry;
}

}  // namespace consent_sync::ledger
