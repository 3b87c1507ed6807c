#pragma once

#include <consent_sync/pace/quota_reading.hpp>

namespace consent_sync::pace {

/// An even spacing of departures: at most `rate` a second. A departure up to a tenth of a second late keeps
/// its place in the schedule, so that an overslept timer costs no rate; over any time t at most rate * (t +
/// 0.1 s) + 1 leave.
class Spacing {
 public:
  /// `rate`: departures a second, above 0.
  explicit Spacing(double rate);

  TimePoint next_departure() const { return next_; }
  void on_departure(TimePoint now);
  double rate() const { return rate_; }

 private:
  double rate_;
  Duration interval_;
  TimePoint next_{};
};

}  // namespace consent_sync::pace
