#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <vector>

#include <consent_sync/pace/pacer.hpp>

namespace consent_sync::pace::test {

/// A store with a quota window, its other clients, the network in between and a pool of workers that asks a
/// Pacer, all in virtual time. Deterministic for a seed.
struct Scenario {
  std::uint64_t seed = 1;
  double share = 1.0;
  std::optional<double> max_requests_per_second;
  std::size_t workers = 10;
  Duration window = std::chrono::seconds(30);
  bool window_starts_with_first_request = false;  ///< else windows follow each other without a gap
  Duration phase{};                               ///< how far into a window the run begins
  Duration run_for = std::chrono::seconds(200);
  Duration least_latency = std::chrono::milliseconds(5);
  Duration most_latency = std::chrono::milliseconds(200);
  std::function<std::int64_t(Duration)> quota = [](Duration) { return std::int64_t{150}; };
  double foreign_per_second = 0;                      ///< what other clients draw, at random moments
  Duration oversleep = std::chrono::milliseconds(1);  ///< a timer wakes up to this late
  double lost = 0;  ///< part of the replies that never come; half of those requests neither
  std::function<void(QuotaReading&, std::mt19937_64&)> spoil = [](QuotaReading&, std::mt19937_64&) {};
};

struct WindowCount {
  Duration begin{};
  std::int64_t quota = 0;
  std::int64_t ours = 0;
  std::int64_t foreign = 0;
  std::int64_t refused = 0;  ///< 429 to us
};

struct Outcome {
  std::vector<WindowCount> windows;
  std::vector<Duration> departures;
  std::int64_t refused = 0;
  std::int64_t refused_twice =
      0;  ///< a request that left after a 429's reply was refused as well, next of all
  std::int64_t early_after_429 = 0;  ///< departures between a 429's reply and the refill it told
  std::size_t most_before_first_reply = 0;
};

Outcome simulate(const Scenario& scenario);

}  // namespace consent_sync::pace::test
