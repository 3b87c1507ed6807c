#include <consent_sync/pace/deadline.hpp>

#include <algorithm>

namespace consent_sync::pace {
namespace {

using std::chrono::milliseconds;

// Answers come twice as late as any of late, at worst; and no machine is sure of less than the least margin.
constexpr int caution = 2;
constexpr Duration least_margin = milliseconds(250);
// The first request has a name to resolve and a connection to make.
constexpr Duration first_margin = std::chrono::seconds(1);
// Latency changes.
constexpr Duration between_looks = std::chrono::seconds(1);

}  // namespace

std::optional<Duration> RecentLatency::slowest() const {
  if (count_ == 0) return std::nullopt;
  const std::size_t known = std::min(count_, latest_.size());
  return *std::max_element(latest_.begin(), latest_.begin() + static_cast<std::ptrdiff_t>(known));
}

DeadlineStep judge_deadline(Duration left, std::optional<Duration> slowest_lately, Duration longest) {
  using Action = DeadlineStep::Action;
  if (left <= Duration{0}) return {Action::abort, {}};
  const Duration careful = slowest_lately ? std::max(caution * *slowest_lately, least_margin) : first_margin;
  const Duration margin = std::min(careful, longest);
  if (left <= margin) return {Action::stop, left};
  return {Action::go_on, std::min(left - margin, between_looks)};
}

}  // namespace consent_sync::pace
