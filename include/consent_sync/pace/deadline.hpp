#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <consent_sync/pace/quota_reading.hpp>

namespace consent_sync::pace {

/// How long requests took of late, until they were answered or given up.
class RecentLatency {
 public:
  void add(Duration latency) { latest_[count_++ % latest_.size()] = latency; }
  /// The slowest of the last 64; nothing before the first.
  std::optional<Duration> slowest() const;

 private:
  std::array<Duration, 64> latest_{};
  std::size_t count_ = 0;
};

/// What a deadline asks of whoever sends requests.
struct DeadlineStep {
  enum class Action : std::uint8_t {
    go_on,
    stop,   ///< no request may leave: its answer would not come in time
    abort,  ///< the deadline has come: what is still in flight ends at once
  };
  Action action = Action::go_on;
  Duration look_again{};  ///< after so long, or earlier; with `abort` never
};

/// Pure. `left`: until the deadline, negative after it. `slowest_lately`: see RecentLatency. `longest`: that
/// a request's step takes; the margin before the deadline is no longer.
DeadlineStep judge_deadline(Duration left, std::optional<Duration> slowest_lately, Duration longest);

}  // namespace consent_sync::pace
