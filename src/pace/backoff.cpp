#include <algorithm>
#include <cmath>
#include <cstdint>

#include <consent_sync/pace/backoff.hpp>

namespace consent_sync::pace {

std::chrono::milliseconds backoff_delay(const BackoffOptions& options, int failures, double jitter01) {
  const int doublings = std::clamp(failures - 1, 0, 40);
  const double grown = std::ldexp(static_cast<double>(options.base.count()), doublings);
  const double ceiling = std::min(grown, static_cast<double>(options.cap.count()));
  const double chosen = std::max(ceiling * std::clamp(jitter01, 0.0, 1.0), ceiling / 20);
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(chosen)));
}

}  // namespace consent_sync::pace
