#include <consent_sync/pace/breaker.hpp>

namespace consent_sync::pace {

TimePoint Breaker::next_departure(TimePoint now) const {
  switch (state_) {
    case State::closed:
      return now;
    case State::open:
      return probe_at_;
    case State::half_open:
      return TimePoint::max();
  }
  return now;
}

void Breaker::on_departure(TimePoint) {
  if (state_ == State::open) state_ = State::half_open;
}

void Breaker::on_success() {
  failures_ = 0;
  failed_probes_ = 0;
  state_ = State::closed;
}

void Breaker::on_failure(TimePoint now, double jitter01) {
  if (state_ == State::open) return;
  if (state_ == State::closed && ++failures_ < options_.trip_after) return;
  open(now, jitter01);
}

void Breaker::on_down(TimePoint now, double jitter01) {
  if (state_ != State::open) open(now, jitter01);
}

void Breaker::on_inconclusive() {
  if (state_ == State::half_open) state_ = State::open;
}

void Breaker::open(TimePoint now, double jitter01) {
  if (failed_probes_ == 0) opened_at_ = now;
  ++failed_probes_;
  failures_ = 0;
  state_ = State::open;
  probe_at_ = now + backoff_delay(options_.probe, failed_probes_, jitter01);
}

bool Breaker::has_given_up(TimePoint now) const {
  return state_ != State::closed && now - opened_at_ >= options_.give_up_after;
}

}  // namespace consent_sync::pace
