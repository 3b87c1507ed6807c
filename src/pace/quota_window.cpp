#include <algorithm>
#include <cmath>
#include <utility>

#include <consent_sync/pace/quota_window.hpp>
#include <consent_sync/pace/spacing.hpp>

#include "seconds.hpp"

namespace consent_sync::pace {
namespace {

using std::chrono::milliseconds;

// Catching up after a lull, we go at most this many times as fast as an even spread.
constexpr double fastest = 2;
// Among others that take all that they can get, at least so many requests a window are tried.
constexpr double asking_per_window = 10;

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

// Alone, our share less what we sent, exactly. Beside others, our share of what they leave.
double QuotaWindow::units_for_us() const {
  const std::int64_t possible = std::min(budget() - own_, quota_ - own_ - others_.drawn());
  if (possible < 1 || nothing_left_) return 0;
  if (!others_.are_there()) return static_cast<double>(possible);
  const double left_by_others = static_cast<double>(quota_) - others_.expected_by(refill_.by);
  const double after_others = share_ * left_by_others - static_cast<double>(own_);
  // However much the others draw, a few requests keep asking how it stands.
  const double asking = asking_per_window * in_seconds(refill_.by - slot_) / in_seconds(length_);
  return std::min(static_cast<double>(possible), std::max(after_others, asking));
}

TimePoint QuotaWindow::next_slot() const {
  const TimePoint refill = refill_.by + margin();
  const double units = units_for_us();
  if (units < 1) return refill;
  TimePoint slot = slot_;
  if (shape_ == Shape::even) {
    const double shortest = in_seconds(length_ - guard()) / static_cast<double>(budget()) / fastest;
    const double even = in_seconds(refill_.by - guard() - slot_) / units;
    slot += from_seconds(std::max(shortest, even));
  }
  return others_may_leave_nothing(slot) ? refill : std::min(refill, slot);
}

// Would a unit that leaves at `slot` find nothing left, by what is to be expected of the others and its usual
// error? Better none is sent before a reply tells more.
bool QuotaWindow::others_may_leave_nothing(TimePoint slot) const {
  if (!others_.are_there()) return false;
  const TimePoint arrival = slot + std::max(round_trip_, round_trip_before_);
  return static_cast<double>(quota_ - own_) - others_.feared_by(arrival) < 1;
}

TimePoint QuotaWindow::next_departure(TimePoint now) {
  roll(now);
  // One request goes ahead and asks what the quota is.
  if (knowledge_ == Knowledge::none) return in_flight_.empty() ? now : TimePoint::max();
  if (knowledge_ == Knowledge::unlimited) return now;
  return next_slot();
}

void QuotaWindow::roll(TimePoint now) {
  if (knowledge_ != Knowledge::limited || now < refill_.by) return;
  turn((now - refill_.by) / length_ + 1);
}

// The store's clock and ours drift apart: each period widens the interval a little until a reply narrows it.
void QuotaWindow::turn(std::int64_t periods) {
  if (use_.used > 0) ended_.push_back(use_);
  const Duration drift = milliseconds(1) + length_ / 10'000;
  refill_.from += periods * (length_ - drift);
  refill_.by += periods * length_ + drift;
  const TimePoint begin = refill_.by - length_;
  own_ = std::exchange(counted_early_, 0);
  for (InFlight& request : in_flight_) request.number = ++own_;
  // The first unit is due at once.
  slot_ = std::max(slot_, begin + margin() - (length_ - guard()) / std::max(budget(), std::int64_t{1}));
  nothing_left_ = false;
  others_.begin_window(begin, length_);
  round_trip_before_ = std::exchange(round_trip_, Duration::zero());
  use_ = WindowUse{begin, length_, quota_, budget(), 0, 0, 0, periods == 1};
}

void QuotaWindow::on_departure(TimePoint now) {
  roll(now);
  if (knowledge_ == Knowledge::limited) {
    slot_ = std::max(next_slot(), now - catch_up);
    ++own_;
    ++use_.used;
  }
  in_flight_.push_back(InFlight{now, own_, static_cast<std::int64_t>(in_flight_.size())});
}

std::optional<QuotaWindow::InFlight> QuotaWindow::take_in_flight(TimePoint departed) {
  const auto earlier = [](const InFlight& request, TimePoint moment) { return request.departed < moment; };
  const auto found = std::lower_bound(in_flight_.begin(), in_flight_.end(), departed, earlier);
  if (found == in_flight_.end() || found->departed != departed) return std::nullopt;
  const InFlight request = *found;
  in_flight_.erase(found);
  return request;
}

void QuotaWindow::on_lost(TimePoint departed, TimePoint now) {
  roll(now);
  take_in_flight(departed);
}

void QuotaWindow::on_reply(TimePoint departed, TimePoint now, const QuotaReading& reading) {
  roll(now);
  round_trip_ = std::max(round_trip_, now - departed);
  const std::optional<InFlight> answered = take_in_flight(departed);
  const CheckedReading checked = check_reading(reading);
  if (knowledge_ != Knowledge::limited) {
    // Nothing to go by: no quota. A store that told a quota once keeps it: a reply without headers may be a
    // proxy's.
    knowledge_ = checked.quota ? Knowledge::limited : Knowledge::unlimited;
    if (checked.quota) begin(departed, now, checked);
    return;
  }
  learn_quota(departed, checked);
  learn_length(checked);
  const Period counted_in = learn_refill(departed, now, checked);
  if (!answered) return;
  if (counted_in == Period::past) uncount(answered->number);
  if (counted_in == Period::present) learn_left(*answered, checked);
}

void QuotaWindow::on_refusal(TimePoint departed, TimePoint now, const QuotaReading& reading) {
  QuotaReading spent = reading;
  spent.left = 0;
  on_reply(departed, now, spent);
  if (knowledge_ == Knowledge::limited) ++use_.throttled;
}

void QuotaWindow::begin(TimePoint departed, TimePoint now, const CheckedReading& reading) {
  constexpr Duration default_window = std::chrono::seconds(30);
  quota_ = *reading.quota;
  quota_told_to_ = departed;
  length_ = reading.window.value_or(std::max(default_window, reading.reset.value_or(Duration::zero())));
  const Duration reset = reading.reset.value_or(length_);
  refill_ = {departed + reset, now + reset + milliseconds(1)};
  own_ = 1;
  for (InFlight& request : in_flight_) request.number = ++own_;
  slot_ = now;
  others_.begin_window(refill_.by - length_, length_);
  use_ = WindowUse{refill_.by - length_, length_, quota_, budget(), own_, 0, 0, false};
  learn_left(InFlight{departed, 1, 0}, reading);
}

// The newest request's word counts: replies overtake each other.
void QuotaWindow::learn_quota(TimePoint departed, const CheckedReading& reading) {
  if (!reading.quota || departed < quota_told_to_) return;
  quota_told_to_ = departed;
  if (*reading.quota == quota_) return other_quota_.dismiss();
  const auto same = [](std::int64_t one, std::int64_t other) { return one == other; };
  if (!other_quota_.confirms(*reading.quota, same)) return;
  quota_ = *reading.quota;
  use_.quota = quota_;
  use_.budget = budget();
  nothing_left_ = false;
  others_.forget_window();
}

void QuotaWindow::learn_length(const CheckedReading& reading) {
  if (!reading.window) return;
  if (*reading.window == length_) return other_length_.dismiss();
  const auto same = [](Duration one, Duration other) { return one == other; };
  if (other_length_.confirms(*reading.window, same)) length_ = *reading.window;
}

// The window in which the store counted the request, as far as the reply tells.
QuotaWindow::Period QuotaWindow::learn_refill(TimePoint departed, TimePoint now,
                                              const CheckedReading& reading) {
  const TimePoint begun_by = refill_.by - length_;
  // A reply slower than half a window could be of several windows: it does not tell the refill.
  if (!reading.reset || now - departed > length_ / 2) {
    return departed >= begun_by ? Period::present : Period::unclear;
  }
  const Refill told{departed + *reading.reset, now + *reading.reset + milliseconds(1)};
  if (told.overlaps(refill_)) {
    refill_ = {std::max(refill_.from, told.from), std::min(refill_.by, told.by)};
    other_refill_.dismiss();
    return Period::present;
  }
  if (departed < begun_by && told.by < refill_.from) return Period::past;
  // It may have been counted in a window that we did not expect yet.
  const bool may_have_turned = told.from - refill_.by > length_ / 2;
  if (may_have_turned) ++counted_early_;
  const auto same = [](const Refill& one, const Refill& other) { return one.overlaps(other); };
  if (!other_refill_.confirms(told, same)) return Period::unclear;
  if (may_have_turned) turn(1);
  refill_ = told;
  return may_have_turned ? Period::unclear : Period::present;
}

void QuotaWindow::learn_left(const InFlight& answered, const CheckedReading& reading) {
  // What is left of a quota that is not believed yet says nothing.
  if (!reading.left || reading.quota.value_or(quota_) != quota_) return;
  const std::int64_t drawn = quota_ - std::min(*reading.left, quota_);
  others_.on_reading(answered.departed,
                     {drawn - own_, drawn - answered.number, drawn - answered.number + answered.ahead});
  use_.others = std::max(use_.others, others_.at_least());
  if (drawn == quota_) nothing_left_ = true;
}

// It was counted in the window before: our later units are one fewer in this one.
void QuotaWindow::uncount(std::int64_t number) {
  --own_;
  for (InFlight& request : in_flight_) {
    if (request.number > number) --request.number;
  }
}

std::vector<WindowUse> QuotaWindow::take_ended() {
  return std::exchange(ended_, {});
}

std::optional<WindowUse> QuotaWindow::present() const {
  if (knowledge_ != Knowledge::limited || use_.used == 0) return std::nullopt;
  return use_;
}

}  // namespace consent_sync::pace
