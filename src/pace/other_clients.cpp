#include <algorithm>
#include <cmath>

#include <consent_sync/pace/other_clients.hpp>

namespace consent_sync::pace {
namespace {

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

// Moves an average towards a new value that holds for `time`, in units of the average's memory.
void blend(double& average, double value, double time) {
  average = std::max(0.0, average - std::expm1(-time) * (value - average));
}

}  // namespace

void OtherClients::begin_window(TimePoint begin, Duration length) {
  length_ = length;
  read_at_ = begin;
  were_there_ = at_least_ > 0;
  at_least_ = 0;
  drawn_ = 0;
  in_doubt_ = 0;
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
  const double elapsed = std::max(seconds(departed - read_at_), 1e-3);
  const double rate = static_cast<double>(likely - drawn_) / elapsed;
  blend(rate_, rate, elapsed / seconds(length_ / 4));
  blend(rate_of_late_, rate, elapsed / seconds(length_ / 12));
  drawn_ = likely;
  in_doubt_ = drawn.at_most - drawn.at_least;
  read_at_ = departed;
}

std::int64_t OtherClients::drawn() const {
  return are_there() ? drawn_ : 0;
}

double OtherClients::expected_by(TimePoint moment) const {
  if (!are_there()) return 0;
  return static_cast<double>(drawn_) + rate_ * std::max(seconds(moment - read_at_), 0.0);
}

double OtherClients::feared_by(TimePoint moment) const {
  if (!are_there()) return 0;
  const double more = std::max(rate_, rate_of_late_) * std::max(seconds(moment - read_at_), 0.0);
  return static_cast<double>(drawn_) + more + std::sqrt(more + static_cast<double>(in_doubt_) / 4);
}

}  // namespace consent_sync::pace
