#include "slot.hpp"
#include "sql_ledger.hpp"

namespace consent_sync::ledger {

std::vector<QueuedChange> SqlLedger::take_changes(const RunId& id, QueuePosition after, std::size_t limit) {
  std::vector<QueuedChange> taken;
  connection_.write([&] {
    const RunKey run = own_run(id, {RunState::open});
    Query query(
        connection_.prepared(
            "SELECT queue.rank, queue.decided_at, queue.line, queue.customer, queue.before, wanted, input, "
            "base_held, base_asked, base_in_doubt, (queue.rank, queue.decided_at, queue.line) <= "
            "(handed_rank, "
            "handed_decided_at, handed_line), input_row.decided_at FROM queue JOIN run ON run.key = "
            "queue.run "
            "LEFT JOIN input_row ON input_row.run = queue.run AND input_row.line = (queue.line & ?5) WHERE "
            "queue.run = ?1 AND (queue.rank, queue.decided_at, queue.line) > (?2, ?3, ?4) ORDER BY "
            "queue.rank, "
            "queue.decided_at, queue.line LIMIT ?6"),
        run.key, after.rank, after.decided_at, after.line, most_lines, std::uint64_t{limit});
    while (query.next()) {
      const QueuePosition position{static_cast<int>(query.integer(0)), query.time(1), query.integer(2)};
      const consent::Base base{query.optional_choice(7), query.optional_choice(8), query.integer(9) != 0};
      const consent::Change change{line_of(position.line),   query.customer(3), query.optional_choice(4),
                                   query.choice(5),          query.choice(6),   base,
                                   account_of(position.line)};
      taken.push_back({position, change, query.integer(10) != 0});
      handed_out_.note(position, query.optional_time(11));
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

void SqlLedger::give_back(const RunId& id, QueuePosition last) {
  handed_out_.clear();
  connection_.write([&] {
    const RunKey run = own_run(id, {RunState::open});
    execute(connection_.prepared(
                "UPDATE run SET handed_rank = ?, handed_decided_at = ?, handed_line = ? WHERE key = ?"),
            last.rank, last.decided_at, last.line, run.key);
  });
}

QueuedCounts SqlLedger::queued(const RunId& id) {
  return connection_.guarded([&] {
    const RunKey run = require_run(connection_, id);
    Query query(connection_.prepared(
                    "SELECT count(*), count(CASE WHEN rank = 0 THEN 1 END) FROM queue WHERE run = ?"),
                run.key);
    query.next();
    return QueuedCounts{query.count(0), query.count(1)};
  });
}

void SqlLedger::record(const RunId& id, std::span<const consent::ChangeResult> results,
                       const Traffic& traffic) {
  connection_.write([&] {
    const RunKey run = own_run(id, {RunState::open});
    ResultWriter writer(connection_, run, id, handed_out_);
    for (const consent::ChangeResult& result : results) writer.record(result);
    writer.finish();
    update_traffic(connection_, run.key, traffic);
  });
}

}  // namespace consent_sync::ledger
