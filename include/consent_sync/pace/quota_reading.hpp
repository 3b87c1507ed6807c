#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace consent_sync::pace {

/// A point on a monotonic clock that the caller reads; never read here.
using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

/// The rate headers of one reply, unchecked: the pacer decides what to believe.
struct QuotaReading {
  std::optional<std::int64_t> window_ms;
  std::optional<std::int64_t> reset_ms;
  std::optional<std::int64_t> quota;
  std::optional<std::int64_t> left;
};

/// A reading without its nonsense.
struct CheckedReading {
  std::optional<Duration> window;     ///< 1 ms up to an hour; anything else is ignored
  std::optional<Duration> reset;      ///< negative is ignored; beyond the window means the whole window
  std::optional<std::int64_t> quota;  ///< zero or negative is ignored; beyond a thousand million means that
  std::optional<std::int64_t> left;   ///< negative means none; above the quota means the quota

  bool says_nothing() const { return !window && !reset && !quota && !left; }
};

CheckedReading check_reading(const QuotaReading& reading);

}  // namespace consent_sync::pace
