#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include <consent_sync/pace/answer.hpp>
#include <consent_sync/pace/breaker.hpp>
#include <consent_sync/pace/concurrency.hpp>
#include <consent_sync/pace/deadline.hpp>
#include <consent_sync/pace/quota_reading.hpp>
#include <consent_sync/pace/quota_window.hpp>
#include <consent_sync/pace/spacing.hpp>
#include <consent_sync/pace/window_use.hpp>

namespace consent_sync::pace {

struct PacerOptions {
  double share = 0.9;                             ///< of the store's quota that is ours, above 0 up to 1
  Shape shape = Shape::even;                      ///< of our requests over the quota's window
  std::optional<double> max_requests_per_second;  ///< an own cap, above 0; nothing: none
  int connections = 10;                           ///< requests in flight at most, from 1
  BreakerOptions breaker;
};

/// When may the next request leave? All that can hold one back, in one place: our share of the store's quota,
/// the own cap, how many may be in flight, the pause after a 429 and the circuit breaker; each learns from
/// every answer. Pure: time and randomness come in as parameters; time never goes back by itself (an earlier
/// `now` counts as the latest seen). Not thread-safe.
class Pacer {
 public:
  explicit Pacer(PacerOptions options);

  /// When the next request may leave: `now` or earlier means at once, TimePoint::max() not before an answer.
  /// Reserves nothing; answers move it, so ask again after each.
  TimePoint next_departure(TimePoint now);

  /// A request leaves now. Call only when next_departure(now) <= now. `now` names the request: no two are the
  /// same.
  void on_departure(TimePoint now);

  /// The request that left at `departed` has ended. In any order. `jitter01` in [0, 1).
  void on_answer(TimePoint departed, TimePoint now, const Answer& answer, double jitter01);

  /// When the run should stop, because the store will have been out of order for too long;
  /// TimePoint::max() while it is well.
  TimePoint gives_up_at() const { return breaker_.gives_up_at(); }
  Breaker::State breaker() const { return breaker_.state(); }
  /// Requests without an answer, or with a server error, since the last good answer to any; none while the
  /// breaker is not closed.
  int failures_in_a_row() const { return breaker_.failures(); }

  /// Some request has had an answer that told of a store in order.
  bool has_been_well() const { return has_been_well_; }

  /// Of the requests that ended of late, the slowest, from its departure; nothing before the first.
  std::optional<Duration> slowest_lately() const { return recent_latency_.slowest(); }

  /// PacerOptions::connections.
  int connections() const { return connections_; }

  /// Requests that may be in flight, of late; below one: one, with pauses.
  double concurrency() const { return concurrency_.limit(); }

  /// What the store last offered: requests a window, and the window. Nothing: unlimited or not known yet.
  std::optional<std::int64_t> quota() const { return window_.quota(); }
  std::optional<Duration> window() const { return window_.window(); }

  /// The rate we may keep up, in requests a second; nothing without a quota or a cap.
  std::optional<double> sustained_rate() const;

  /// See QuotaWindow.
  std::vector<WindowUse> take_ended_windows() { return window_.take_ended(); }
  std::optional<WindowUse> present_window() const { return window_.present(); }

 private:
  TimePoint latest(TimePoint now) const { return std::max(now, latest_); }
  void tell_window(TimePoint departed, const Answer& answer);
  void tell_concurrency(TimePoint departed, const Answer& answer);
  void tell_breaker(TimePoint departed, const Answer& answer, double jitter01);
  void on_spent(TimePoint departed, const QuotaReading& reading, double jitter01);

  QuotaWindow window_;
  std::optional<Spacing> cap_;
  Concurrency concurrency_;
  Breaker breaker_;
  RecentLatency recent_latency_;
  int connections_;
  std::size_t in_flight_ = 0;
  bool has_been_well_ = false;
  int refusals_ = 0;  ///< 429s with rate headers without another answer in between
  TimePoint refused_at_ = TimePoint::min();
  TimePoint held_until_{};
  TimePoint latest_{};
};

}  // namespace consent_sync::pace
