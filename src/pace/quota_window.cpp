#include <algorithm>
#include <utility>

#include <consent_sync/pace/quota_window.hpp>

namespace consent_sync::pace {
namespace {

using std::chrono::milliseconds;

constexpr Duration default_window = std::chrono::seconds(30);
// How late a unit may leave and still keep its place in the schedule: an overslept timer costs no rate.
constexpr Duration catch_up = milliseconds(100);
// Catching up after a lull, we go at most this many times as fast as an even spread.
constexpr double fastest = 1.5;
// Among others that take all that they can get, at least so many requests a window are tried.
constexpr double asking_per_window = 10;
// While a reply is awaited that can change the answer, the answer is good for this long only.
constexpr Duration ask_again = milliseconds(20);

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

Duration from_seconds(double value) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value));
}

}  // namespace

Duration QuotaWindow::margin() const {
  return std::min<Duration>(milliseconds(25), length_ / 10);
}

Duration QuotaWindow::guard() const {
  return std::min(std::max(round_trip_, round_trip_before_) + margin(), length_ / 4);
}

std::optional<std::int64_t> QuotaWindow::quota() const {
  if (knowledge_ != Knowledge::limited) return std::nullopt;
  return quota_;
}

std::optional<Duration> QuotaWindow::window() const {
  if (knowledge_ != Knowledge::limited) return std::nullopt;
  return length_;
}

std::int64_t QuotaWindow::budget() const {
  if (knowledge_ != Knowledge::limited) return 0;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(share_ * static_cast<double>(quota_) + 1e-6));
}

// The store's clock and ours drift apart: each period widens the interval a little until a reply narrows it.
QuotaWindow::Window QuotaWindow::next_window(const Window& current, std::int64_t periods) const {
  const Duration drift = milliseconds(1) + length_ / 10'000;
  Window next;
  next.reset_from = current.reset_from + periods * (length_ - drift);
  next.reset_by = current.reset_by + periods * length_ + drift;
  next.own = in_flight();
  next.foreign_before = periods == 1 ? static_cast<double>(current.foreign) : 0;
  next.least_left = quota_;
  next.read_at = next.reset_by - length_;
  next.slot = std::max(current.slot, next.reset_by - length_ + margin());
  return next;
}

QuotaWindow::Window QuotaWindow::window_at(TimePoint now) const {
  if (now < window_.reset_by) return window_;
  return next_window(window_, (now - window_.reset_by) / length_ + 1);
}

// Our share less what we sent; or, when the others draw more than they were left, what is left of the quota
// after them, less what they will probably draw until the refill. Alone, the first, exactly.
double QuotaWindow::units_for_us(const Window& window) const {
  std::int64_t left = quota_ - window.own - window.foreign;
  if (window.foreign > 0) left = std::min(left, window.least_left - in_flight());
  // What `left` does not show yet is taken from the others' part first; half of it stays free for them.
  const std::int64_t kept_free = (quota_ - budget()) / 2;
  const std::int64_t possible = std::min(budget() - window.own, left - kept_free);
  if (possible < 1) return 0;
  const double after_others = static_cast<double>(left - kept_free) - foreign_to_come(window);
  // However much the others draw, a few requests keep asking how it stands.
  const double asking =
      std::max(1.0, asking_per_window * seconds(window.reset_by - window.slot) / seconds(length_));
  return std::min(static_cast<double>(possible), std::max(after_others, asking));
}

// From the last reading until the refill. The window before counts as a quarter of a window's experience.
double QuotaWindow::foreign_to_come(const Window& window) const {
  const double length = seconds(length_);
  const double to_go = std::clamp(seconds(window.reset_by - window.read_at), 0.0, length);
  const double seen = static_cast<double>(window.foreign) + window.foreign_before / 4;
  return seen / (length - to_go + length / 4) * to_go;
}

TimePoint QuotaWindow::next_slot(const Window& window) const {
  const TimePoint refill = window.reset_by + margin();
  const double units = units_for_us(window);
  if (units < 1) return refill;
  const double shortest = seconds(length_ - guard()) / static_cast<double>(budget()) / fastest;
  const double even = seconds(window.reset_by - guard() - window.slot) / units;
  return std::min(refill, window.slot + from_seconds(std::max(shortest, even)));
}

TimePoint QuotaWindow::next_departure(TimePoint now) const {
  // One request goes ahead and asks what the quota is.
  if (knowledge_ == Knowledge::none) return in_flight_.empty() ? now : now + ask_again;
  if (knowledge_ == Knowledge::unlimited) return now;
  const Window window = window_at(now);
  const TimePoint slot = next_slot(window);
  const bool replies_may_help = window.foreign > 0 && !in_flight_.empty();
  return replies_may_help ? std::min(slot, now + ask_again) : slot;
}

void QuotaWindow::roll(TimePoint now) {
  if (knowledge_ != Knowledge::limited || now < window_.reset_by) return;
  window_ = window_at(now);
  round_trip_before_ = std::exchange(round_trip_, Duration::zero());
}

void QuotaWindow::on_departure(TimePoint now) {
  roll(now);
  if (knowledge_ == Knowledge::limited) {
    window_.slot = std::max(next_slot(window_), now - catch_up);
    ++window_.own;
  }
  in_flight_.push_back(now);
}

bool QuotaWindow::forget(TimePoint departed) {
  const auto found = std::find(in_flight_.begin(), in_flight_.end(), departed);
  if (found == in_flight_.end()) return false;
  in_flight_.erase(found);
  return true;
}

void QuotaWindow::on_lost(TimePoint departed, TimePoint now) {
  roll(now);
  forget(departed);
}

void QuotaWindow::on_reply(TimePoint departed, TimePoint now, const QuotaReading& reading) {
  roll(now);
  round_trip_ = std::max(round_trip_, now - departed);
  const bool was_in_flight = forget(departed);
  const CheckedReading checked = check_reading(reading);
  if (knowledge_ != Knowledge::limited && !checked.quota) {
    // Nothing to go by: no quota. A store that told a quota once keeps it: a reply without headers may be a
    // proxy's.
    knowledge_ = Knowledge::unlimited;
    return;
  }
  if (knowledge_ != Knowledge::limited) {
    begin(departed, now, checked);
  } else {
    learn_quota(departed, checked);
    const Period counted_in = learn_window(departed, now, checked);
    if (counted_in == Period::past && was_in_flight) --window_.own;
    if (counted_in != Period::present) return;
  }
  window_.read_at = std::max(window_.read_at, departed);
  if (checked.left) learn_left(*checked.left);
}

void QuotaWindow::begin(TimePoint departed, TimePoint now, const CheckedReading& reading) {
  knowledge_ = Knowledge::limited;
  quota_ = *reading.quota;
  quota_told_to_ = departed;
  length_ = reading.window.value_or(std::max(default_window, reading.reset.value_or(Duration::zero())));
  window_ = Window{};
  window_.reset_from = departed + reading.reset.value_or(length_);
  window_.reset_by = now + reading.reset.value_or(length_) + milliseconds(1);
  window_.own = in_flight() + 1;
  window_.least_left = quota_;
  window_.slot = now;
}

// The newest request's word counts: replies overtake each other.
void QuotaWindow::learn_quota(TimePoint departed, const CheckedReading& reading) {
  if (departed < quota_told_to_) return;
  if (reading.window) length_ = *reading.window;
  if (!reading.quota) return;
  quota_told_to_ = departed;
  if (*reading.quota == quota_) return;
  // What the readings so far said of the others was said about another quota.
  quota_ = *reading.quota;
  window_.foreign = 0;
  window_.foreign_before = 0;
  window_.least_left = reading.left.value_or(quota_);
}

// The window in which the store counted the request, as far as the reply tells.
QuotaWindow::Period QuotaWindow::learn_window(TimePoint departed, TimePoint now,
                                              const CheckedReading& reading) {
  const TimePoint begun_by = window_.reset_by - length_;
  // A reply slower than half a window could be of several windows: it does not tell the refill.
  if (!reading.reset || now - departed > length_ / 2) {
    return departed >= begun_by ? Period::present : Period::unclear;
  }
  const TimePoint from = departed + *reading.reset;
  const TimePoint by = now + *reading.reset + milliseconds(1);
  const bool overlaps = from <= window_.reset_by && by >= window_.reset_from;
  if (overlaps) {
    window_.reset_from = std::max(window_.reset_from, from);
    window_.reset_by = std::min(window_.reset_by, by);
    return Period::present;
  }
  if (departed < begun_by && by < window_.reset_from) return Period::past;
  // The store is in a window that we did not expect yet, or its windows do not follow each other without a
  // gap.
  if (from - window_.reset_by > length_ / 2) {
    window_ = next_window(window_, 1);
    ++window_.own;
  }
  window_.reset_from = from;
  window_.reset_by = by;
  return Period::present;
}

void QuotaWindow::learn_left(std::int64_t left) {
  left = std::min(left, quota_);
  window_.least_left = std::min(window_.least_left, left);
  window_.foreign = std::max(window_.foreign, quota_ - left - window_.own);
}

}  // namespace consent_sync::pace
