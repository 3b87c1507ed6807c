#include "standing.hpp"

#include <chrono>

#include <consent_sync/sync/pacing.hpp>

namespace consent_sync::sync {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

ledger::Traffic traffic_so_far(const ledger::Traffic& counted, const pace::Pacer& pacer,
                               pace::TimePoint started) {
  ledger::Traffic traffic;
  count_so_far(counted, pacer, started, traffic);
  return traffic;
}

void count_so_far(const ledger::Traffic& counted, const pace::Pacer& pacer, pace::TimePoint started,
                  ledger::Traffic& traffic) {
  traffic = counted;
  traffic.quota = static_cast<std::uint64_t>(pacer.quota().value_or(0));
  traffic.window = duration_cast<milliseconds>(pacer.window().value_or(pace::Duration{0}));
  traffic.sending += duration_cast<milliseconds>(Clock::now() - started);
}

Progress standing(const pace::Pacer& pacer, const ledger::Traffic& traffic) {
  Progress now;
  now.breaker = pacer.breaker();
  now.concurrency = pacer.concurrency();
  now.quota = pacer.quota();
  now.sustained_rate = pacer.sustained_rate();
  now.slowest_lately = pacer.slowest_lately();
  now.window = pacer.present_window();
  now.traffic = traffic;
  return now;
}

ledger::WindowUse to_ledger(const pace::WindowUse& window) {
  const auto ago = duration_cast<microseconds>(Clock::now() - window.begin);
  ledger::WindowUse use;
  use.begin = consent::now() - ago;
  use.length = duration_cast<milliseconds>(window.length);
  use.quota = static_cast<std::uint64_t>(window.quota);
  use.budget = static_cast<std::uint64_t>(window.budget);
  use.used = static_cast<std::uint64_t>(window.used);
  use.throttled = static_cast<std::uint64_t>(window.throttled);
  use.others = static_cast<std::uint64_t>(window.others);
  use.whole = window.whole;
  return use;
}

void record_ended_windows(ledger::Ledger& ledger, const ledger::RunId& run, pace::Pacer& pacer) {
  std::vector<ledger::WindowUse> windows;
  for (const pace::WindowUse& window : pacer.take_ended_windows()) windows.push_back(to_ledger(window));
  ledger.record_windows(run, windows);
}

void close_quota_account(ledger::Ledger& ledger, const ledger::RunId& run, pace::Pacer& pacer) {
  record_ended_windows(ledger, run, pacer);
  const std::optional<pace::WindowUse> present = pacer.present_window();
  if (!present) return;
  const ledger::WindowUse last = to_ledger(*present);
  ledger.record_windows(run, {&last, 1});
}

}  // namespace consent_sync::sync
