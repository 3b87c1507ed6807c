#pragma once

#include <chrono>
#include <cstdint>

#include <consent_sync/pace/backoff.hpp>
#include <consent_sync/pace/pacer.hpp>

namespace consent_sync::pace {

struct BreakerOptions {
  int trip_after = 10;  ///< failures in a row that open the breaker
  BackoffOptions probe{std::chrono::seconds{2}, std::chrono::seconds{60}};  ///< pause before each probe
  std::chrono::milliseconds give_up_after{std::chrono::minutes{10}};  ///< open for longer: the store is gone
};

/// A circuit breaker over the whole store: closed, it lets everything pass; open, nothing; half-open, one
/// request as a probe, whose end closes or reopens it. Pure: time is a parameter. Not thread-safe.
class Breaker {
 public:
  enum class State : std::uint8_t { closed, open, half_open };

  explicit Breaker(BreakerOptions options) : options_(options) {}

  State state() const { return state_; }

  /// When the next request may leave; TimePoint::max() while a probe is under way.
  TimePoint next_departure(TimePoint now) const;
  /// A request leaves: out of the open state it is the probe.
  void on_departure(TimePoint now);

  /// The store answered, whatever it said, other than by a failure.
  void on_success();
  /// No answer, or a server error. While open it tells nothing new and is ignored.
  void on_failure(TimePoint now, double jitter01);
  /// The store says that it is down (503): opens at once.
  void on_down(TimePoint now, double jitter01);
  /// The probe ended without telling anything (throttled, cancelled): the next request is a probe again.
  void on_inconclusive();

  /// It has not been closed for longer than give_up_after.
  bool has_given_up(TimePoint now) const;

 private:
  void open(TimePoint now, double jitter01);

  BreakerOptions options_;
  State state_ = State::closed;
  int failures_ = 0;       ///< in a row, while closed
  int failed_probes_ = 0;  ///< openings since it was last closed
  TimePoint opened_at_{};
  TimePoint probe_at_{};
};

}  // namespace consent_sync::pace
