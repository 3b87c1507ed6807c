#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace consent_sync::app {

/// How fast a count has grown of late. Pure.
class RateMeter {
 public:
  using Duration = std::chrono::milliseconds;

  /// `count` at `elapsed`; neither goes back.
  void add(Duration elapsed, std::uint64_t count);

  /// A second, over the last `span` (up to a minute) or as much of it as has passed; nothing in the first
  /// second.
  std::optional<double> over(Duration span) const;

 private:
  struct Sample {
    Duration elapsed;
    std::uint64_t count;
  };
  std::deque<Sample> samples_;  // a second apart, but for the last
};

}  // namespace consent_sync::app
