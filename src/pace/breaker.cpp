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

void Breaker::on_departure(TimePoint now) {
  if (state_ != State::open) return;
  state_ = State::half_open;
  probe_at_ = now;
}

bool Breaker::concerns_us(TimePoint departed) const {
  switch (state_) {
    case State::closed:
      return departed >= closed_at_;
    case State::open:
      return false;
    case State::half_open:
      return departed == probe_at_;
  }
  return true;
}

void Breaker::on_success(TimePoint departed, TimePoint now) {
  if (!concerns_us(departed)) return;
  if (state_ == State::half_open) closed_at_ = now;
  state_ = State::closed;
  failures_ = 0;
  openings_ = 0;
}

void Breaker::on_failure(TimePoint departed, TimePoint now, double jitter01) {
  if (!concerns_us(departed)) return;
  if (state_ == State::closed && ++failures_ < options_.trip_after) return;
  open(now, jitter01);
}

void Breaker::on_down(TimePoint departed, TimePoint now, double jitter01) {
  if (concerns_us(departed)) open(now, jitter01);
}

void Breaker::on_inconclusive(TimePoint departed) {
  if (state_ == State::half_open && concerns_us(departed)) state_ = State::open;
}

void Breaker::open(TimePoint now, double jitter01) {
  if (openings_ == 0) opened_at_ = now;
  ++openings_;
  failures_ = 0;
  state_ = State::open;
  probe_at_ = now + backoff_delay(options_.probe, openings_, jitter01);
}

TimePoint Breaker::gives_up_at() const {
  return state_ == State::closed ? TimePoint::max() : opened_at_ + options_.give_up_after;
}

}  // namespace consent_sync::pace
