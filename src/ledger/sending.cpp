#include "sqlite_ledger.hpp"

namespace consent_sync::ledger {

std::vector<QueuedChange> SqliteLedger::take_changes(const RunId& id, QueuePosition after,
                                                     std::size_t limit) {
  std::vector<QueuedChange> taken;
  connection_.write([&] {
    const RunKey run = require_run(connection_, id, {RunState::open});
    Query query(connection_.prepared(
                    "SELECT rank, line, customer, before, wanted FROM queue WHERE run = ? AND (rank, "
                    "line) > (?, ?) ORDER BY rank, line LIMIT ?"),
                run.key, after.rank, after.line, std::uint64_t{limit});
    while (query.next()) {
      const QueuePosition position{static_cast<int>(query.integer(0)), query.integer(1)};
      taken.push_back(
          {position, {position.line, query.customer(2), query.optional_choice(3), query.choice(4)}});
    }
    if (taken.empty()) return;
    const QueuePosition last = taken.back().position;
    execute(connection_.prepared(
                "UPDATE run SET handed_rank = ?1, handed_line = ?2 WHERE key = ?3 AND (handed_rank, "
                "handed_line) < (?1, ?2)"),
            last.rank, last.line, run.key);
  });
  return taken;
}

void SqliteLedger::give_back(const RunId& id, QueuePosition last) {
  connection_.write([&] {
    const RunKey run = require_run(connection_, id, {RunState::open});
    execute(connection_.prepared("UPDATE run SET handed_rank = ?, handed_line = ? WHERE key = ?"), last.rank,
            last.line, run.key);
  });
}

void SqliteLedger::record(const RunId& id, std::span<const consent::ChangeResult> results,
                          const Traffic& traffic) {
  connection_.write([&] {
    const RunKey run = require_run(connection_, id, {RunState::open});
    for (const consent::ChangeResult& result : results) record_one(run, id, result);
    update_traffic(connection_, run.key, traffic);
  });
}

void SqliteLedger::record_one(const RunKey& run, const RunId& id, const consent::ChangeResult& result) {
  if (result.outcome == consent::Outcome::pending) return note_tries(run, result);
  const int ended = execute(
      connection_.prepared(
          "UPDATE input_row SET outcome = ?, http_status = ?, attempts = ?, reason = ? WHERE run = ? "
          "AND line = ? AND outcome = 'pending'"),
      result.outcome, result.http_status, result.attempts, result.reason, run.key, result.change.line);
  if (ended == 0) return;
  execute(
      connection_.prepared(
          "UPDATE input_row SET outcome = ?1, http_status = ?2, attempts = ?3, reason = ?4 WHERE run = ?5 "
          "AND "
          "outcome = 'pending' AND line IN (SELECT line FROM carried_row WHERE run = ?5 AND carrier = ?6)"),
      result.outcome, result.http_status, result.attempts, result.reason, run.key, result.change.line);
  execute(connection_.prepared("DELETE FROM queue WHERE run = ? AND rank IN (0, 1) AND line = ?"), run.key,
          result.change.line);
  if (result.held) {
    confirm(run, id, result);
  } else if (result.outcome != consent::Outcome::failed) {
    execute(connection_.prepared("UPDATE confirmed SET in_doubt = 1 WHERE store = ? AND customer = ?"),
            run.store, result.change.customer);
  }
}

void SqliteLedger::note_tries(const RunKey& run, const consent::ChangeResult& result) {
  execute(connection_.prepared("UPDATE input_row SET http_status = ?, attempts = ?, reason = ? WHERE run = ? "
                               "AND line = ? AND outcome = 'pending'"),
          result.http_status, result.attempts, result.reason, run.key, result.change.line);
}

void SqliteLedger::confirm(const RunKey& run, const RunId& id, const consent::ChangeResult& result) {
  execute(connection_.prepared(
              "INSERT INTO evidence (store, customer, before, after, decided_at, confirmed_at, run_id, "
              "line) SELECT ?, ?, ?, ?, decided_at, ?, ?, line FROM input_row WHERE run = ? AND line = ?"),
          run.store, result.change.customer, result.change.before, *result.held, result.confirmed_at, id,
          run.key, result.change.line);
  execute(connection_.prepared(
              "INSERT INTO confirmed (store, customer, choice, confirmed_at) VALUES (?, ?, ?, ?) ON "
              "CONFLICT (store, customer) DO UPDATE SET choice = excluded.choice, confirmed_at = "
              "excluded.confirmed_at, in_doubt = 0"),
          run.store, result.change.customer, *result.held, result.confirmed_at);
}

}  // namespace consent_sync::ledger
