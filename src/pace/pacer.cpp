#include <consent_sync/pace/pacer.hpp>

namespace consent_sync::pace {
namespace {

using std::chrono::milliseconds;

// How long a spent quota is taken to last when the store does not say.
constexpr Duration default_wait = std::chrono::seconds(30);
// Beyond the reset that the store tells: one part for everyone, one at random so that clients do not return
// at once.
constexpr Duration after_reset = milliseconds(25);
constexpr double random_after_reset_s = 0.2;

}  // namespace

Pacer::Pacer(PacerOptions options) : window_(options.share) {
  if (options.max_requests_per_second) cap_.emplace(*options.max_requests_per_second);
}

TimePoint Pacer::next_departure(TimePoint now) const {
  now = latest(now);
  TimePoint next = std::max(held_until_, window_.next_departure(now));
  if (cap_) next = std::max(next, cap_->next_departure());
  return next;
}

void Pacer::on_departure(TimePoint now) {
  latest_ = latest(now);
  window_.on_departure(latest_);
  if (cap_) cap_->on_departure(latest_);
}

void Pacer::on_reply(TimePoint departed, TimePoint now, const QuotaReading& reading) {
  latest_ = latest(now);
  window_.on_reply(departed, latest_, reading);
}

void Pacer::on_lost(TimePoint departed, TimePoint now) {
  latest_ = latest(now);
  window_.on_lost(departed, latest_);
}

void Pacer::on_quota_spent(TimePoint departed, TimePoint now, const QuotaReading& reading, double jitter01) {
  QuotaReading spent = reading;
  spent.left = 0;
  on_reply(departed, now, spent);
  const std::optional<Duration> told = check_reading(reading).reset;
  const Duration wait = told ? *told : window_.window().value_or(default_wait);
  const auto random_part = std::chrono::duration<double>(jitter01 * random_after_reset_s);
  hold(latest_ + wait + after_reset + std::chrono::duration_cast<Duration>(random_part));
}

void Pacer::hold(TimePoint until) {
  held_until_ = std::max(held_until_, until);
}

std::optional<std::int64_t> Pacer::quota() const {
  return window_.quota();
}

std::optional<Duration> Pacer::window() const {
  return window_.window();
}

std::optional<double> Pacer::sustained_rate() const {
  std::optional<double> rate;
  if (const auto length = window_.window()) {
    rate = static_cast<double>(window_.budget()) / std::chrono::duration<double>(*length).count();
  }
  if (cap_) rate = rate ? std::min(*rate, cap_->rate()) : cap_->rate();
  return rate;
}

}  // namespace consent_sync::pace
