#pragma once

#include <chrono>

namespace consent_sync::pace {

struct BackoffOptions {
  std::chrono::milliseconds base{500};   ///< ceiling of the first delay
  std::chrono::milliseconds cap{60000};  ///< ceiling of any delay
};

/// Exponential backoff with full jitter: uniform in (0, min(cap, base * 2^(failures-1))], chosen by
/// `jitter01` in [0, 1). `failures` counts from 1; never less than a twentieth of the ceiling, so that no
/// retry is immediate.
std::chrono::milliseconds backoff_delay(const BackoffOptions& options, int failures, double jitter01);

}  // namespace consent_sync::pace
