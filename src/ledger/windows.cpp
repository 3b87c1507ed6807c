#include "sql_ledger.hpp"

namespace consent_sync::ledger {

void SqlLedger::record_windows(const RunId& id, std::span<const WindowUse> windows) {
  if (windows.empty()) return;
  connection_.write([&] {
    const RunKey run = own_run(id);
    for (const WindowUse& use : windows) {
      execute(
          connection_.prepared(
              "INSERT INTO quota_window (run, position, begin, length_ms, quota, budget, used, throttled, "
              "others, whole) VALUES (?1, (SELECT coalesce(max(position), 0) + 1 FROM quota_window WHERE run "
              "= ?1), "
              "?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"),
          run.key, use.begin, std::int64_t{use.length.count()}, use.quota, use.budget, use.used,
          use.throttled, use.others, int{use.whole});
    }
  });
}

void SqlLedger::for_each_window(const RunId& id, const std::function<void(const WindowUse&)>& visit) {
  connection_.guarded([&] {
    const RunKey run = require_run(connection_, id);
    Query query(connection_.prepared("SELECT begin, length_ms, quota, budget, used, throttled, others, whole "
                                     "FROM quota_window WHERE run = ? ORDER BY position"),
                run.key);
    while (query.next()) {
      WindowUse use;
      use.begin = query.time(0);
      use.length = std::chrono::milliseconds(query.integer(1));
      use.quota = query.count(2);
      use.budget = query.count(3);
      use.used = query.count(4);
      use.throttled = query.count(5);
      use.others = query.count(6);
      use.whole = query.integer(7) != 0;
      visit(use);
    }
  });
}

}  // namespace consent_sync::ledger
