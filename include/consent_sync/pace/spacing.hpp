#pragma once

#include <chrono>

#include <consent_sync/pace/quota_reading.hpp>

namespace consent_sync::pace {

/// How late a request may leave and still keep its place in a schedule: an overslept timer costs no rate.
inline constexpr Duration catch_up = std::chrono::milliseconds(100);

/// An even spacing of departures: at most `rate` a second. A departure that is late by up to `catch_up` keeps
/// its place in the schedule; over any time t at most rate * (t + catch_up) + 1 leave.
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
