#pragma once

#include <chrono>

#include <consent_sync/pace/quota_reading.hpp>

namespace consent_sync::pace {

inline double in_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

inline Duration from_seconds(double seconds) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

}  // namespace consent_sync::pace
