#include <algorithm>
#include <cmath>

#include <consent_sync/pace/retry_budget.hpp>

namespace consent_sync::pace {

double RetryBudget::saved_at(TimePoint now) const {
  if (now <= counted_at_) return saved_;
  const double elapsed = std::chrono::duration<double>(now - counted_at_).count();
  return std::min(options_.most, saved_ + elapsed * options_.per_second);
}

void RetryBudget::on_first_try() {
  saved_ = std::min(options_.most, saved_ + options_.share);
}

void RetryBudget::on_retry(TimePoint now) {
  saved_ = saved_at(now) - 1;
  counted_at_ = now;
}

TimePoint RetryBudget::next_retry(TimePoint now) const {
  const double missing = 1 - saved_at(now);
  if (missing <= 0) return now;
  const std::chrono::duration<double> wait(missing / options_.per_second);
  return now + std::chrono::ceil<Duration>(wait);
}

}  // namespace consent_sync::pace
