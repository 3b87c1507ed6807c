#include <algorithm>

#include <consent_sync/pace/quota_reading.hpp>

namespace consent_sync::pace {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t longest_window_ms = 3'600'000;
constexpr std::int64_t largest_quota = 1'000'000'000;

}  // namespace

CheckedReading check_reading(const QuotaReading& reading) {
  CheckedReading checked;
  if (reading.window_ms && *reading.window_ms >= 1 && *reading.window_ms <= longest_window_ms) {
    checked.window = milliseconds(*reading.window_ms);
  }
  if (reading.reset_ms && *reading.reset_ms >= 0) {
    const Duration reset = milliseconds(std::min(*reading.reset_ms, longest_window_ms));
    checked.reset = checked.window ? std::min(reset, *checked.window) : reset;
  }
  if (reading.quota && *reading.quota >= 1) checked.quota = std::min(*reading.quota, largest_quota);
  if (reading.left) {
    checked.left = std::clamp(*reading.left, std::int64_t{0}, checked.quota.value_or(largest_quota));
  }
  return checked;
}

}  // namespace consent_sync::pace
