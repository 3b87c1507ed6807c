#pragma once

#include <chrono>
#include <cstdint>

#include <consent_sync/pace/backoff.hpp>
#include <consent_sync/pace/quota_reading.hpp>

namespace consent_sync::pace {

struct BreakerOptions {
  int trip_after = 10;  ///< failures in a row that open the breaker
  BackoffOptions probe{std::chrono::seconds{2}, std::chrono::seconds{60}};  ///< pause before each probe
  std::chrono::milliseconds give_up_after{std::chrono::minutes{10}};  ///< open for longer: the store is gone
};

/// A circuit breaker over the whole store: closed, it lets everything pass; open, nothing; half-open, one
/// request as a probe, whose end closes or reopens it. Answers to requests that left before it opened, or
/// before it closed again, tell nothing new and are ignored. Pure: time is a parameter. Not thread-safe.
class Breaker {
 public:
  enum class State : std::uint8_t { closed, open, half_open };

  explicit Breaker(BreakerOptions options) : options_(options) {}

  State state() const { return state_; }
  /// In a row, while closed; none while it is not.
  int failures() const { return failures_; }

  /// When the next request may leave; TimePoint::max() while a probe is under way.
  TimePoint next_departure(TimePoint now) const;
  /// A request leaves: out of the open state it is the probe.
  void on_departure(TimePoint now);

  /// The store answered, whatever it said, other than by a failure.
  void on_success(TimePoint departed, TimePoint now);
  /// No answer, or a server error.
  void on_failure(TimePoint departed, TimePoint now, double jitter01);
  /// The store says that it is down or overloaded: opens at once.
  void on_down(TimePoint departed, TimePoint now, double jitter01);
  /// The request ended without telling anything (throttled, cancelled): after a probe, the next one is a
  /// probe again.
  void on_inconclusive(TimePoint departed);

  /// When the store is given up, unless it closes before; TimePoint::max() while closed.
  TimePoint gives_up_at() const;

 private:
  bool concerns_us(TimePoint departed) const;
  void open(TimePoint now, double jitter01);

  BreakerOptions options_;
  State state_ = State::closed;
  int failures_ = 0;  ///< in a row, while closed
  int openings_ = 0;  ///< since it was last closed
  TimePoint closed_at_ = TimePoint::min();
  TimePoint opened_at_{};  ///< for the first time since it was last closed
  TimePoint probe_at_{};
};

}  // namespace consent_sync::pace
