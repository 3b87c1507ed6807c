#pragma once

#include <vector>

#include <consent_sync/pace/quota_reading.hpp>

namespace consent_sync::pace {

/// How many requests may be in flight: congestion control (additive increase, multiplicative decrease). Pure;
/// not thread-safe.
///
/// - Trouble (the store says that it is overloaded, or down) halves the limit, once a round trip: what left
///   before the cut says nothing about it.
/// - Rising latency, the median of two rounds of replies beyond twice the usual, cuts it by a fifth.
/// - Without either it rises by one in five seconds; but the limit at which there was trouble is not tried
///   again for a minute, twice as long each time it proves right.
/// - Overload can bring it below one: one request at a time, and at a quarter, say, no more than one in four
///   times the usual latency. From there it rises by a fifth in five seconds.
class Concurrency {
 public:
  /// `most` in flight, from 1; the limit begins there.
  explicit Concurrency(int most);

  /// From 1/1024 up to `most`.
  double limit() const { return limit_; }
  /// When a request may leave with `in_flight` others under way: `now` or earlier, at once;
  /// TimePoint::max(): not before one of them ends.
  TimePoint next_departure(TimePoint now, std::size_t in_flight) const;

  /// A request leaves; `in_flight` counts it.
  void on_departure(TimePoint now, std::size_t in_flight);
  /// The store answered as usual. `latency` above 0.
  void on_reply(TimePoint departed, TimePoint now, Duration latency);
  /// It did not answer: that is as slow as a reply that came now.
  void on_silence(TimePoint departed, TimePoint now);
  /// The store is down (503).
  void on_down(TimePoint departed, TimePoint now);
  /// The store is overloaded (429 without a quota).
  void on_overload(TimePoint departed, TimePoint now);

 private:
  void cut(TimePoint departed, TimePoint now, double least);
  void end_round(TimePoint now);
  void grow(TimePoint now);

  double most_;
  double limit_;
  TimePoint cut_at_ = TimePoint::min();
  TimePoint moved_at_{};     // the limit, in either direction
  TimePoint departed_at_{};  // the newest

  double troubled_at_;                          // the limit at which there was trouble
  TimePoint avoided_until_ = TimePoint::min();  // until then the limit stays below it
  Duration avoid_for_{};

  std::vector<Duration> round_;            // latencies
  std::size_t most_in_flight_ = 0;         // in this round,
  std::size_t most_in_flight_before_ = 0;  // and in the one before
  bool had_risen_ = false;
  Duration usual_{};  // median latency of a round; 0: not known yet
};

}  // namespace consent_sync::pace
