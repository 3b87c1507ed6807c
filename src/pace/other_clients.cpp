#include <algorithm>
#include <cmath>

#include <consent_sync/pace/other_clients.hpp>

#include "seconds.hpp"

namespace consent_sync::pace {
namespace {

// Chosen by simulation: apps that draw steadily, on and off, and in batches. In windows:
constexpr double long_run = 2;   // the memory of the long run,
constexpr double of_late = 0.1;  // and of what happens now,
constexpr double spell = 0.2;    // which goes on for about so long.
// Standard deviations to fear.
constexpr double deviations = 1.5;

}  // namespace

void MovingRate::add(double units, double elapsed, double memory) {
  const double kept = std::exp(-elapsed / memory);
  units_ = units_ * kept + units;
  time_ = time_ * kept + elapsed;
}

double MovingRate::per_second() const {
  return time_ > 0 ? std::max(units_ / time_, 0.0) : 0;
}

void OtherClients::begin_window(TimePoint begin, Duration length) {
  length_ = length;
  read_at_ = begin;
  were_there_ = at_least_ > 0;
  forget_window();
}

void OtherClients::forget_window() {
  at_least_ = 0;
  drawn_ = 0;
  in_doubt_ = 0;
}

void OtherClients::on_reading(TimePoint departed, Drawn drawn) {
  if (departed < read_at_) {
    at_least_ = std::max(at_least_, drawn.at_least);
    return;
  }
  // Units do not come back: an earlier reading that claims more than this one allows was wrong.
  if (drawn.at_most < at_least_) at_least_ = 0;
  at_least_ = std::max({at_least_, drawn.at_least, std::int64_t{0}});
  const std::int64_t likely = std::max(drawn.likely, at_least_);
  const double elapsed = std::max(in_seconds(departed - read_at_), 1e-3);
  const auto units = static_cast<double>(likely - drawn_);
  long_run_.add(units, elapsed, long_run * in_seconds(length_));
  of_late_.add(units, elapsed, of_late * in_seconds(length_));
  drawn_ = likely;
  in_doubt_ = drawn.at_most - drawn.at_least;
  read_at_ = departed;
}

std::int64_t OtherClients::drawn() const {
  return are_there() ? drawn_ : 0;
}

// As of late for a while, and as in the long run after that.
double OtherClients::more_by(TimePoint moment) const {
  const double time = std::max(in_seconds(moment - read_at_), 0.0);
  const double lasting = spell * in_seconds(length_);
  const double as_of_late = lasting * -std::expm1(-time / lasting);
  return of_late_.per_second() * as_of_late + long_run_.per_second() * (time - as_of_late);
}

double OtherClients::expected_by(TimePoint moment) const {
  return are_there() ? static_cast<double>(drawn_) + more_by(moment) : 0;
}

double OtherClients::feared_by(TimePoint moment) const {
  if (!are_there()) return 0;
  const double more = more_by(moment);
  const double deviation = std::sqrt(more + static_cast<double>(in_doubt_) / 4);
  return static_cast<double>(drawn_) + more + deviations * deviation;
}

}  // namespace consent_sync::pace
