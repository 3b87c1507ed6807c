#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <consent_sync/pace/pacer.hpp>

namespace consent_sync::pace::test {

using Random = std::mt19937_64;

/// Another client of the store: while it is on, it draws units at random moments.
struct OtherApp {
  double per_second = 0;
  Duration mean_on = std::chrono::hours(10);  ///< each spell's length is random
  Duration mean_off{};                        ///< 0: always on
  int at_once = 1;                            ///< units of each draw
};

/// A store with a quota window, its other clients, the network in between and a pool of workers that asks a
/// Pacer, all in virtual time. Deterministic for a seed.
struct Scenario {
  std::uint64_t seed = 1;
  Duration run_for = std::chrono::seconds(200);
  PacerOptions pacer{1.0, Shape::even, std::nullopt, 10, {}};
  Duration oversleep = std::chrono::milliseconds(1);  ///< a timer wakes up to this late

  Duration window = std::chrono::seconds(30);
  bool window_starts_with_first_request = false;  ///< else windows follow each other without a gap
  Duration phase{};                               ///< how far into a window the run begins
  std::function<std::int64_t(Duration)> quota = [](Duration) { return std::int64_t{150}; };  ///< 0: none
  std::vector<OtherApp> others;

  Duration least_latency = std::chrono::milliseconds(5);
  Duration most_latency = std::chrono::milliseconds(200);
  double latency_tail = 0;  ///< part of the requests that take up to ten times as long
  std::function<double(Duration)> slowness = [](Duration) { return 1.0; };  ///< a factor of the latency
  double lost = 0;  ///< part of the replies that never come; half of those requests neither

  std::function<void(QuotaReading&, Random&)> spoil = [](QuotaReading&, Random&) {};
  std::function<bool(Duration)> is_down = [](Duration) { return false; };  ///< 503
  std::optional<int> overloaded_beyond;          ///< requests at the store at once; more are a bare 429
  std::optional<double> overloaded_beyond_rate;  ///< requests a second; more are a bare 429
};

struct WindowCount {
  Duration begin{};
  std::int64_t quota = 0;  ///< the last one of the window
  std::int64_t ours = 0;
  std::int64_t others = 0;
  std::int64_t refused = 0;    ///< 429 to us
  std::int64_t avoidable = 0;  ///< of those: by what had been heard when it left, nothing was left for it
};

struct Outcome {
  std::vector<WindowCount> windows;
  std::vector<Duration> departures;
  std::vector<WindowUse> accounts;   ///< of the pacer: ended windows, and the last one as it stood
  std::int64_t refused = 0;          ///< 429s with headers
  std::int64_t overloaded = 0;       ///< 429s without
  std::int64_t down = 0;             ///< 503s
  std::int64_t early_after_429 = 0;  ///< departures between a 429's reply and the refill it told
  std::int64_t consecutive_429 = 0;  ///< 429s to requests that left after the 429 before was heard
  std::size_t most_before_first_reply = 0;
  std::size_t most_in_flight = 0;
  Duration longest_withheld{};  ///< a worker waited, our share of the quota too, beyond an even spread
  std::optional<Duration> gave_up_at;
  double last_limit = 0;   ///< Pacer::concurrency at the end
  double least_limit = 0;  ///< and the least it was
};

Outcome simulate(const Scenario& scenario);

/// Windows that lie wholly within the run.
std::vector<WindowCount> full_windows(const Scenario& scenario, const Outcome& outcome);

/// The scenario in one line: what it takes to repeat it.
std::string describe(const Scenario& scenario);

}  // namespace consent_sync::pace::test
