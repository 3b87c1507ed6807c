#include "queue.hpp"
#include "sql_ledger.hpp"

namespace consent_sync::ledger {

std::vector<QueuedChange> SqlLedger::take_changes(const RunId& id, QueuePosition after, std::size_t limit) {
  std::vector<QueuedChange> taken;
  connection_.write([&] {
    const RunKey run = own_run(id, {RunState::open});
    const QueuePosition handed = handed_out_up_to(connection_, run.key);
    for_each_waiting(connection_, run.key, after, [&](const StoredChange& waiting) {
      if (taken.size() == limit) return false;
      taken.push_back({waiting.position, waiting.change, order_of(waiting.position) <= order_of(handed)});
      handed_out_.note(waiting);
      return true;
    });
    if (taken.empty() || !(order_of(taken.back().position) > order_of(handed))) return;
    note_handed_out(connection_, run.key, taken.back().position);
  });
  return taken;
}

void SqlLedger::give_back(const RunId& id, QueuePosition last) {
  handed_out_.clear();
  connection_.write([&] {
    const RunKey run = own_run(id, {RunState::open});
    note_handed_out(connection_, run.key, last);
  });
}

QueuedCounts SqlLedger::queued(const RunId& id) {
  return connection_.guarded([&] {
    const RunKey run = require_run(connection_, id);
    return count_waiting(connection_, run.key);
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
