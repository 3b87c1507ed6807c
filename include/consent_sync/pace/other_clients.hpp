#pragma once

#include <cstdint>

#include <consent_sync/pace/quota_reading.hpp>

namespace consent_sync::pace {

/// Units a second, older ones counting for less: after `memory` seconds for 1/e.
class MovingRate {
 public:
  void add(double units, double elapsed, double memory);
  double per_second() const;

 private:
  double units_ = 0;
  double time_ = 0;
};

/// What other clients of the store draw on the quota: how much of the present window so far, and how much is
/// to be expected. Pure.
///
/// Replies overtake each other, so a reading tells the others' units only within bounds. The lower bound is
/// sound: while it is zero for a whole window, there are no others, however the estimate wavers.
class OtherClients {
 public:
  /// One reading of the others' units in this window.
  struct Drawn {
    std::int64_t at_least;  ///< had the store counted all of ours that left before the reply came
    std::int64_t likely;    ///< had it counted ours in the order in which they left
    std::int64_t at_most;   ///< had it counted none of ours that were under way at the time
  };

  /// A window of `length` began at `begin`.
  void begin_window(TimePoint begin, Duration length);
  /// What a reply tells; `departed`: when its request left. In any order.
  void on_reading(TimePoint departed, Drawn drawn);
  /// What the readings said of this window was said of another quota.
  void forget_window();

  /// Some have drawn in this window or the one before.
  bool are_there() const { return at_least_ > 0 || were_there_; }
  /// Units in this window that are sure.
  std::int64_t at_least() const { return at_least_; }
  /// Units in this window by the newest reading; 0 while there are no others.
  std::int64_t drawn() const;
  /// Units in this window to be expected by `moment`; 0 while there are no others.
  double expected_by(TimePoint moment) const;
  /// The same, and its usual error on top.
  double feared_by(TimePoint moment) const;

 private:
  double more_by(TimePoint moment) const;

  Duration length_{};
  TimePoint read_at_{};  ///< departure of the newest request whose reply was read, or the window's begin
  std::int64_t at_least_ = 0;
  std::int64_t drawn_ = 0;
  std::int64_t in_doubt_ = 0;  // between the bounds of the newest reading
  MovingRate long_run_;
  MovingRate of_late_;
  bool were_there_ = false;
};

}  // namespace consent_sync::pace
