#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>

#include <consent_sync/pace/pacer.hpp>

namespace {

using namespace consent_sync::pace;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

const TimePoint start = TimePoint{} + hours(1);

QuotaReading reading(std::int64_t reset_ms, std::int64_t quota, std::int64_t left) {
  return QuotaReading{30000, reset_ms, quota, left};
}

Pacer pacer_with_share(double share) {
  return Pacer(PacerOptions{share, std::nullopt});
}

// A pacer that sent its first request at `start` and heard of a quota of 150 a tenth of a second later.
Pacer informed(const QuotaReading& first) {
  Pacer pacer = pacer_with_share(1.0);
  pacer.on_departure(start);
  pacer.on_reply(start, start + milliseconds(100), first);
  return pacer;
}

// Sends as the pacer says, with replies that never come, and returns how many left before `end`.
int departures_until(Pacer& pacer, TimePoint now, TimePoint end) {
  int sent = 0;
  for (TimePoint next = pacer.next_departure(now); next < end; next = pacer.next_departure(now)) {
    now = std::max(now, next);
    if (pacer.next_departure(now) > now) continue;
    pacer.on_departure(now);
    ++sent;
  }
  return sent;
}

TEST_CASE("before the first reply one request leaves, and the others are told to ask again") {
  Pacer pacer = pacer_with_share(0.9);
  CHECK(pacer.next_departure(start) <= start);
  pacer.on_departure(start);
  CHECK(pacer.next_departure(start + seconds(5)) > start + seconds(5));
  CHECK(pacer.next_departure(start + seconds(5)) < start + seconds(6));
  pacer.on_lost(start, start + seconds(6));
  CHECK(pacer.next_departure(start + seconds(6)) <= start + seconds(6));
}

TEST_CASE("a first reply without headers means no quota: everything leaves at once") {
  Pacer pacer = pacer_with_share(0.9);
  pacer.on_departure(start);
  pacer.on_reply(start, start + milliseconds(50), QuotaReading{});
  for (int n = 0; n < 1000; ++n) {
    REQUIRE(pacer.next_departure(start + seconds(1)) <= start + seconds(1));
    pacer.on_departure(start + seconds(1));
  }
  CHECK_FALSE(pacer.quota());
  CHECK_FALSE(pacer.window());
  CHECK_FALSE(pacer.sustained_rate());
}

TEST_CASE("a quota once told outlives a reply without headers") {
  Pacer pacer = informed(reading(29900, 150, 149));
  pacer.on_departure(start + seconds(1));
  pacer.on_reply(start + seconds(1), start + seconds(2), QuotaReading{});
  CHECK(pacer.quota() == 150);
}

TEST_CASE("the 151st request waits for the window") {
  Pacer pacer = informed(reading(29900, 150, 149));
  const TimePoint reset = start + seconds(30);
  CHECK(departures_until(pacer, start + milliseconds(100), reset - milliseconds(1)) == 149);
  CHECK(pacer.next_departure(reset - milliseconds(1)) > reset);
  CHECK(pacer.next_departure(reset - milliseconds(1)) < reset + milliseconds(100));
}

TEST_CASE("the share of the quota is what is sent, and what the rate says") {
  Pacer pacer = pacer_with_share(0.5);
  pacer.on_departure(start);
  pacer.on_reply(start, start + milliseconds(100), reading(29900, 150, 149));
  CHECK(pacer.quota() == 150);
  CHECK(pacer.window() == seconds(30));
  CHECK(*pacer.sustained_rate() == doctest::Approx(2.5));
  CHECK(departures_until(pacer, start + milliseconds(100), start + seconds(30) - milliseconds(1)) == 74);
}

TEST_CASE("nothing leaves while the store says that nothing is left") {
  Pacer pacer = informed(reading(12000, 150, 0));
  const TimePoint reset = start + milliseconds(12100);
  CHECK(pacer.next_departure(start + seconds(1)) >= reset);
  CHECK(pacer.next_departure(start + seconds(11)) >= reset);
  CHECK(departures_until(pacer, reset + milliseconds(50), reset + seconds(10)) >= 3);
}

TEST_CASE("replies that overtake each other end in the same answer") {
  Pacer in_order = informed(reading(29900, 150, 149));
  const TimePoint first = start + seconds(1);
  const TimePoint second = start + milliseconds(1200);
  in_order.on_departure(first);
  in_order.on_departure(second);
  Pacer overtaken = in_order;
  in_order.on_reply(first, start + seconds(2), reading(28500, 150, 148));
  in_order.on_reply(second, start + seconds(2), reading(28300, 150, 147));
  overtaken.on_reply(second, start + seconds(2), reading(28300, 150, 147));
  overtaken.on_reply(first, start + seconds(2), reading(28500, 150, 148));
  CHECK(in_order.next_departure(start + seconds(2)) == overtaken.next_departure(start + seconds(2)));
}

TEST_CASE("a late reply of the window before does not stop the new one") {
  Pacer pacer = informed(reading(29900, 150, 149));
  const TimePoint before_reset = start + milliseconds(29500);
  pacer.on_departure(before_reset);
  const TimePoint in_new = start + milliseconds(30500);
  pacer.on_departure(in_new);
  pacer.on_reply(in_new, start + milliseconds(30600), reading(29450, 150, 149));
  pacer.on_reply(before_reset, start + milliseconds(30700), reading(300, 150, 0));
  CHECK(pacer.next_departure(start + seconds(31)) < start + milliseconds(31500));
}

TEST_CASE("after a refusal nothing leaves before the reset that it told") {
  Pacer pacer = informed(reading(29900, 150, 149));
  pacer.on_departure(start + seconds(1));
  const TimePoint told = start + milliseconds(1100);
  pacer.on_quota_spent(start + seconds(1), told, reading(20000, 150, 0), 0.5);
  CHECK(pacer.next_departure(told) >= told + seconds(20));
  CHECK(pacer.next_departure(told) <= told + milliseconds(20500));
  CHECK(pacer.next_departure(told + seconds(19)) >= told + seconds(20));
}

TEST_CASE("a refusal that tells no reset holds for a window") {
  Pacer pacer = pacer_with_share(0.9);
  pacer.on_departure(start);
  pacer.on_quota_spent(start, start, QuotaReading{std::nullopt, std::nullopt, 150, 0}, 0);
  CHECK(pacer.next_departure(start) >= start + seconds(30));
}

TEST_CASE("a hold is never shortened") {
  Pacer pacer = pacer_with_share(0.9);
  pacer.hold(start + seconds(10));
  pacer.hold(start + seconds(5));
  CHECK(pacer.next_departure(start) == start + seconds(10));
}

TEST_CASE("units drawn by others slow a run down") {
  Pacer alone = informed(reading(29900, 150, 149));
  Pacer crowded = informed(reading(29900, 150, 149));
  const TimePoint departed = start + seconds(5);
  alone.on_departure(departed);
  crowded.on_departure(departed);
  const TimePoint arrived = departed + milliseconds(100);
  alone.on_reply(departed, arrived, reading(24950, 150, 148));
  crowded.on_reply(departed, arrived, reading(24950, 150, 100));
  CHECK(crowded.next_departure(arrived) > alone.next_departure(arrived));
}

TEST_CASE("impossible headers are read on purpose") {
  const auto checked = [](std::int64_t window, std::int64_t reset, std::int64_t quota, std::int64_t left) {
    return check_reading(QuotaReading{window, reset, quota, left});
  };
  CHECK(checked(30000, 10, 150, -5).left == 0);
  CHECK(checked(30000, 10, 150, 151).left == 150);
  CHECK(checked(30000, 40000, 150, 1).reset == seconds(30));
  CHECK_FALSE(checked(30000, -1, 150, 1).reset);
  CHECK_FALSE(checked(0, 10, 150, 1).window);
  CHECK_FALSE(checked(-30000, 10, 150, 1).window);
  CHECK_FALSE(checked(hours(2) / milliseconds(1), 10, 150, 1).window);
  CHECK_FALSE(checked(30000, 10, 0, 1).quota);
  CHECK(checked(30000, 10, INT64_MAX, INT64_MAX).quota == 1'000'000'000);
}

TEST_CASE("a quota without a window is taken to last thirty seconds") {
  Pacer pacer = pacer_with_share(1.0);
  pacer.on_departure(start);
  pacer.on_reply(start, start, QuotaReading{0, std::nullopt, 150, 149});
  CHECK(pacer.window() == seconds(30));
}

TEST_CASE("an own cap spaces requests evenly and a late one keeps its place") {
  Pacer pacer(PacerOptions{1.0, 10.0});
  pacer.on_departure(start);
  pacer.on_reply(start, start, QuotaReading{});
  const TimePoint second = pacer.next_departure(start);
  CHECK(second <= start + milliseconds(100));
  pacer.on_departure(start + milliseconds(140));
  CHECK(pacer.next_departure(start + milliseconds(140)) <= start + milliseconds(200));
  CHECK(*pacer.sustained_rate() == doctest::Approx(10));
}

TEST_CASE("a clock that goes back counts as standing still") {
  Pacer pacer(PacerOptions{1.0, 10.0});
  pacer.on_departure(start);
  pacer.on_reply(start, start + seconds(1), QuotaReading{});
  pacer.on_departure(start - seconds(5));
  CHECK(pacer.next_departure(start) > start);
}

}  // namespace
