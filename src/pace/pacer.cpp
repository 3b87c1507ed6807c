#include <consent_sync/pace/backoff.hpp>
#include <consent_sync/pace/pacer.hpp>

namespace consent_sync::pace {
namespace {

using std::chrono::milliseconds;

// How long a spent quota is taken to last when the store does not say.
constexpr Duration default_wait = std::chrono::seconds(30);
// No store means to be waited for any longer.
constexpr std::int64_t longest_wait_ms = 3'600'000;
// Beyond the reset that the store tells: one part for everyone, one at random so that clients do not return
// at once.
constexpr Duration after_reset = milliseconds(25);
constexpr double random_after_reset_s = 0.2;
// A store that refuses again after the reset that it told is not to be believed: the pause grows.
constexpr BackoffOptions repeated_refusal{std::chrono::seconds(2), std::chrono::minutes(5)};

}  // namespace

Pacer::Pacer(PacerOptions options)
    : window_(options.share, options.shape),
      concurrency_(options.connections),
      breaker_(options.breaker),
      connections_(options.connections) {
  if (options.max_requests_per_second) cap_.emplace(*options.max_requests_per_second);
}

TimePoint Pacer::next_departure(TimePoint now) {
  now = latest(now);
  TimePoint next = std::max({held_until_, window_.next_departure(now), breaker_.next_departure(now),
                             concurrency_.next_departure(now, in_flight_)});
  if (cap_) next = std::max(next, cap_->next_departure());
  return next;
}

void Pacer::on_departure(TimePoint now) {
  latest_ = latest(now);
  ++in_flight_;
  window_.on_departure(latest_);
  breaker_.on_departure(latest_);
  concurrency_.on_departure(latest_, in_flight_);
  if (cap_) cap_->on_departure(latest_);
}

void Pacer::on_answer(TimePoint departed, TimePoint now, const Answer& answer, double jitter01) {
  latest_ = latest(now);
  has_been_well_ = has_been_well_ || answer.sign == Sign::well;
  if (answer.sign != Sign::untold) recent_latency_.add(latest_ - departed);
  tell_window(departed, answer);
  tell_concurrency(departed, answer);
  tell_breaker(departed, answer, jitter01);
  if (answer.sign == Sign::spent) {
    on_spent(departed, answer.reading.value_or(QuotaReading{}), jitter01);
  } else if (departed > refused_at_) {
    refusals_ = 0;
  }
  --in_flight_;
}

void Pacer::tell_window(TimePoint departed, const Answer& answer) {
  if (!answer.reading) {
    window_.on_lost(departed, latest_);
  } else if (answer.sign == Sign::spent) {
    window_.on_refusal(departed, latest_, *answer.reading);
  } else {
    window_.on_reply(departed, latest_, *answer.reading);
  }
}

void Pacer::tell_concurrency(TimePoint departed, const Answer& answer) {
  // A probe is alone: that it fails is not for being too many.
  if (breaker_.state() != Breaker::State::closed) return;
  switch (answer.sign) {
    case Sign::overloaded:
      return concurrency_.on_overload(departed, latest_);
    case Sign::down:
      return concurrency_.on_down(departed, latest_);
    case Sign::failing:
      if (!answer.latency) return concurrency_.on_silence(departed, latest_);
      break;
    case Sign::spent:
    case Sign::untold:
      return;
    case Sign::well:
      break;
  }
  if (answer.latency) concurrency_.on_reply(departed, latest_, *answer.latency);
}

void Pacer::tell_breaker(TimePoint departed, const Answer& answer, double jitter01) {
  switch (answer.sign) {
    case Sign::well:
      return breaker_.on_success(departed, latest_);
    case Sign::overloaded:
      // A 429 right after a 429 counts as abuse: the pause is never short.
      return breaker_.on_down(departed, latest_, (1 + jitter01) / 2);
    case Sign::down:
      return breaker_.on_down(departed, latest_, jitter01);
    case Sign::failing:
      return breaker_.on_failure(departed, latest_, jitter01);
    case Sign::spent:
    case Sign::untold:
      return breaker_.on_inconclusive(departed);
  }
}

void Pacer::on_spent(TimePoint departed, const QuotaReading& reading, double jitter01) {
  // What left before the first refusal was heard is refused for the same reason.
  if (departed > refused_at_) {
    ++refusals_;
    refused_at_ = latest_;
  }
  const bool is_told = reading.reset_ms && *reading.reset_ms >= 0 && *reading.reset_ms <= longest_wait_ms;
  Duration wait = is_told ? milliseconds(*reading.reset_ms) : window_.window().value_or(default_wait);
  if (refusals_ > 1) wait = std::max<Duration>(wait, backoff_delay(repeated_refusal, refusals_ - 1, 1));
  const auto random_part = std::chrono::duration<double>(jitter01 * random_after_reset_s);
  wait += after_reset + std::chrono::duration_cast<Duration>(random_part);
  held_until_ = std::max(held_until_, latest_ + wait);
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
