#include <consent_sync/pace/quota_reading.hpp>

namespace consent_sync::pace {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t longest_window_ms = 3'600'000;
constexpr std::int64_t largest_quota = 1'000'000'000;

std::optional<std::int64_t> within(std::optional<std::int64_t> value, std::int64_t least, std::int64_t most) {
  return value && *value >= least && *value <= most ? value : std::nullopt;
}

std::optional<Duration> to_duration(std::optional<std::int64_t> ms) {
  if (!ms) return std::nullopt;
  return milliseconds(*ms);
}

}  // namespace

CheckedReading check_reading(const QuotaReading& reading) {
  CheckedReading checked;
  const auto window_ms = within(reading.window_ms, 1, longest_window_ms);
  checked.window = to_duration(window_ms);
  checked.reset = to_duration(within(reading.reset_ms, 0, window_ms.value_or(longest_window_ms)));
  checked.quota = within(reading.quota, 1, largest_quota);
  checked.left = within(reading.left, 0, checked.quota.value_or(largest_quota));
  return checked;
}

}  // namespace consent_sync::pace
