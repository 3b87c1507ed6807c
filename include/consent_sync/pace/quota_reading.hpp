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

/// A reading without what cannot be: such a header counts as missing, since nobody knows what it means.
struct CheckedReading {
  std::optional<Duration> window;     ///< 1 ms up to an hour
  std::optional<Duration> reset;      ///< 0 up to the window, or up to an hour if that is not told
  std::optional<std::int64_t> quota;  ///< 1 up to a thousand million
  /// 0 up to the quota. Below zero is nonsense too: a store that has none left refuses the request.
  std::optional<std::int64_t> left;
};

CheckedReading check_reading(const QuotaReading& reading);

}  // namespace consent_sync::pace
