#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>

#include <consent_sync/pace/pacer.hpp>

#include "start.hpp"

namespace {

using namespace consent_sync::pace;
using consent_sync::pace::test::start;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

QuotaReading reading(std::int64_t reset_ms, std::int64_t quota, std::int64_t left) {
  return QuotaReading{30000, reset_ms, quota, left};
}

PacerOptions with_share(double share) {
  PacerOptions options;
  options.share = share;
  options.connections = 1000;
  return options;
}

Pacer pacer_with_share(double share) {
  return Pacer(with_share(share));
}

void answer(Pacer& pacer, TimePoint departed, TimePoint now, const QuotaReading& told, Sign sign = Sign::well,
            double jitter01 = 0.5) {
  pacer.on_answer(departed, now, Answer{sign, told, now - departed + milliseconds(1)}, jitter01);
}

void lose(Pacer& pacer, TimePoint departed, TimePoint now) {
  pacer.on_answer(departed, now, Answer{Sign::failing, std::nullopt, std::nullopt}, 0.5);
}

// A pacer that sent its first request at `start` and heard of a quota of 150 a tenth of a second later.
Pacer informed(const QuotaReading& first) {
  Pacer pacer = pacer_with_share(1.0);
  pacer.on_departure(start);
  answer(pacer, start, start + milliseconds(100), first);
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

TEST_CASE("before the first reply one request leaves, and the others wait for it") {
  Pacer pacer = pacer_with_share(0.9);
  CHECK(pacer.next_departure(start) <= start);
  pacer.on_departure(start);
  CHECK(pacer.next_departure(start + seconds(5)) == TimePoint::max());
  lose(pacer, start, start + seconds(6));
  CHECK(pacer.next_departure(start + seconds(6)) <= start + seconds(6));
}

TEST_CASE("a first reply without headers means no quota: everything leaves at once") {
  Pacer pacer = pacer_with_share(0.9);
  pacer.on_departure(start);
  answer(pacer, start, start + milliseconds(50), QuotaReading{});
  for (int n = 0; n < 1000; ++n) {
    const TimePoint now = start + seconds(1) + std::chrono::microseconds(n);
    REQUIRE(pacer.next_departure(now) <= now);
    pacer.on_departure(now);
  }
  CHECK_FALSE(pacer.quota());
  CHECK_FALSE(pacer.window());
  CHECK_FALSE(pacer.sustained_rate());
}

TEST_CASE("a quota once told outlives a reply without headers") {
  Pacer pacer = informed(reading(29900, 150, 149));
  pacer.on_departure(start + seconds(1));
  answer(pacer, start + seconds(1), start + seconds(2), QuotaReading{});
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
  answer(pacer, start, start + milliseconds(100), reading(29900, 150, 149));
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
  answer(in_order, first, start + seconds(2), reading(28500, 150, 148));
  answer(in_order, second, start + seconds(2), reading(28300, 150, 147));
  answer(overtaken, second, start + seconds(2), reading(28300, 150, 147));
  answer(overtaken, first, start + seconds(2), reading(28500, 150, 148));
  CHECK(in_order.next_departure(start + seconds(2)) == overtaken.next_departure(start + seconds(2)));
}

TEST_CASE("a late reply of the window before does not stop the new one") {
  Pacer pacer = informed(reading(29900, 150, 149));
  const TimePoint before_reset = start + milliseconds(29500);
  pacer.on_departure(before_reset);
  const TimePoint in_new = start + milliseconds(30500);
  pacer.on_departure(in_new);
  answer(pacer, in_new, start + milliseconds(30600), reading(29450, 150, 149));
  answer(pacer, before_reset, start + milliseconds(30700), reading(300, 150, 0));
  CHECK(pacer.next_departure(start + seconds(31)) < start + milliseconds(31500));
}

TEST_CASE("after a refusal nothing leaves before the reset that it told") {
  Pacer pacer = informed(reading(29900, 150, 149));
  pacer.on_departure(start + seconds(1));
  const TimePoint told = start + milliseconds(1100);
  answer(pacer, start + seconds(1), told, reading(20000, 150, 0), Sign::spent);
  CHECK(pacer.next_departure(told) >= told + seconds(20));
  CHECK(pacer.next_departure(told) <= told + milliseconds(20500));
  CHECK(pacer.next_departure(told + seconds(19)) >= told + seconds(20));
}

TEST_CASE("a refusal that tells no reset holds for a window") {
  Pacer pacer = pacer_with_share(0.9);
  pacer.on_departure(start);
  answer(pacer, start, start, QuotaReading{std::nullopt, std::nullopt, 150, 0}, Sign::spent, 0);
  CHECK(pacer.next_departure(start) >= start + seconds(30));
}

TEST_CASE("a pause is never shortened by a refusal that tells an earlier reset") {
  Pacer pacer = informed(reading(29900, 150, 149));
  pacer.on_departure(start + seconds(1));
  pacer.on_departure(start + seconds(2));
  answer(pacer, start + seconds(1), start + seconds(3), reading(20000, 150, 0), Sign::spent);
  answer(pacer, start + seconds(2), start + seconds(4), reading(100, 150, 0), Sign::spent);
  CHECK(pacer.next_departure(start + seconds(4)) >= start + seconds(23));
}

TEST_CASE("a store that refuses again after the reset that it told is given longer each time") {
  Pacer pacer = informed(reading(29900, 150, 149));
  TimePoint now = start + seconds(1);
  Duration before{};
  for (int n = 0; n < 5; ++n) {
    pacer.on_departure(now);
    answer(pacer, now, now + milliseconds(50), reading(10, 150, 0), Sign::spent, 0);
    const Duration pause = pacer.next_departure(now + milliseconds(50)) - now;
    if (n > 1) CHECK(pause > before);
    before = pause;
    now += pause;
  }
  CHECK(before >= seconds(16));
}

TEST_CASE("units drawn by others slow a run down") {
  Pacer alone = informed(reading(29900, 150, 149));
  Pacer crowded = informed(reading(29900, 150, 149));
  const TimePoint departed = start + seconds(5);
  alone.on_departure(departed);
  crowded.on_departure(departed);
  const TimePoint arrived = departed + milliseconds(100);
  answer(alone, departed, arrived, reading(24950, 150, 148));
  answer(crowded, departed, arrived, reading(24950, 150, 100));
  CHECK(crowded.next_departure(arrived) > alone.next_departure(arrived));
}

TEST_CASE("impossible headers are read on purpose") {
  const auto checked = [](std::int64_t window, std::int64_t reset, std::int64_t quota, std::int64_t left) {
    return check_reading(QuotaReading{window, reset, quota, left});
  };
  CHECK(checked(30000, 10, 150, 149).left == 149);
  CHECK_FALSE(checked(30000, 10, 150, -5).left);
  CHECK_FALSE(checked(30000, 10, 150, 151).left);
  CHECK(checked(30000, 30000, 150, 1).reset == seconds(30));
  CHECK_FALSE(checked(30000, 40000, 150, 1).reset);
  CHECK_FALSE(checked(30000, -1, 150, 1).reset);
  CHECK_FALSE(checked(0, 10, 150, 1).window);
  CHECK_FALSE(checked(-30000, 10, 150, 1).window);
  CHECK_FALSE(checked(hours(2) / milliseconds(1), 10, 150, 1).window);
  CHECK_FALSE(checked(30000, 10, 0, 1).quota);
  CHECK_FALSE(checked(30000, 10, INT64_MAX, 1).quota);
  CHECK(check_reading({}).left == std::nullopt);
}

// Sends a request and gives its reply a tenth of a second later.
TimePoint exchange(Pacer& pacer, TimePoint now, const QuotaReading& told) {
  pacer.on_departure(now);
  answer(pacer, now, now + milliseconds(100), told);
  return now + milliseconds(100);
}

TEST_CASE("another quota is believed once two replies in a row tell it") {
  Pacer pacer = informed(reading(29900, 150, 149));
  exchange(pacer, start + seconds(1), reading(28950, 20000, 19999));
  CHECK(pacer.quota() == 150);
  exchange(pacer, start + seconds(2), reading(27950, 150, 147));
  exchange(pacer, start + seconds(3), reading(26950, 20000, 19999));
  CHECK(pacer.quota() == 150);
  exchange(pacer, start + seconds(4), reading(25950, 20000, 19998));
  CHECK(pacer.quota() == 20000);
}

TEST_CASE("another length of the window is believed once two replies in a row tell it") {
  Pacer pacer = informed(reading(29900, 150, 149));
  exchange(pacer, start + seconds(1), QuotaReading{1, std::nullopt, 150, 148});
  CHECK(pacer.window() == seconds(30));
  exchange(pacer, start + seconds(2), QuotaReading{60000, std::nullopt, 150, 147});
  exchange(pacer, start + seconds(3), QuotaReading{60000, std::nullopt, 150, 146});
  CHECK(pacer.window() == seconds(60));
}

TEST_CASE("one reply that tells another refill moves nothing, two do") {
  Pacer pacer = pacer_with_share(1.0);
  pacer.on_departure(start);
  answer(pacer, start, start + milliseconds(100), reading(29900, 10, 9));
  TimePoint now = start + seconds(1);
  for (std::int64_t left = 8; left >= 2; --left)
    now = exchange(pacer, now, reading((start + seconds(30) - now) / milliseconds(1), 10, left));
  now = exchange(pacer, now, reading(5, 10, 1));
  now = exchange(pacer, now, reading((start + seconds(30) - now) / milliseconds(1), 10, 0));
  CHECK(pacer.next_departure(now) >= start + seconds(30));
}

TEST_CASE("a late reply of the window before that tells a later refill than expected moves nothing, two do") {
  Pacer pacer = informed(reading(29900, 150, 149));
  const TimePoint first = start + milliseconds(29400);
  const TimePoint second = start + milliseconds(29500);
  pacer.on_departure(first);
  pacer.on_departure(second);
  const TimePoint now = start + seconds(31);
  answer(pacer, first, now, QuotaReading{60000, 46600, 150, 20});
  CHECK(pacer.window() == seconds(30));
  CHECK(pacer.next_departure(now) < now + seconds(1));
  answer(pacer, second, now, QuotaReading{60000, 46500, 150, 19});
  CHECK(pacer.window() == seconds(60));
  CHECK(pacer.next_departure(now) < now + seconds(1));
  const TimePoint refill = second + milliseconds(46500);
  const int sent = departures_until(pacer, now, refill);
  CHECK(sent > 100);
  CHECK(sent <= 150);
}

TEST_CASE("a quota without a window is taken to last thirty seconds") {
  Pacer pacer = pacer_with_share(1.0);
  pacer.on_departure(start);
  answer(pacer, start, start, QuotaReading{0, std::nullopt, 150, 149});
  CHECK(pacer.window() == seconds(30));
}

TEST_CASE("an own cap spaces requests evenly and a late one keeps its place") {
  PacerOptions options = with_share(1.0);
  options.max_requests_per_second = 10;
  Pacer pacer(options);
  pacer.on_departure(start);
  answer(pacer, start, start, QuotaReading{});
  const TimePoint second = pacer.next_departure(start);
  CHECK(second <= start + milliseconds(100));
  pacer.on_departure(start + milliseconds(140));
  CHECK(pacer.next_departure(start + milliseconds(140)) <= start + milliseconds(200));
  CHECK(*pacer.sustained_rate() == doctest::Approx(10));
}

TEST_CASE("a clock that goes back counts as standing still") {
  PacerOptions options = with_share(1.0);
  options.max_requests_per_second = 10;
  Pacer pacer(options);
  pacer.on_departure(start);
  answer(pacer, start, start + seconds(1), QuotaReading{});
  pacer.on_departure(start - seconds(5));
  CHECK(pacer.next_departure(start) > start);
}

TEST_CASE("burst: the share leaves as soon as the window turns, and not one unit more") {
  PacerOptions options = with_share(0.9);
  options.shape = Shape::burst;
  Pacer pacer(options);
  pacer.on_departure(start);
  answer(pacer, start, start + milliseconds(100), reading(29900, 150, 149));
  TimePoint now = start + seconds(1);
  int sent = 1;
  for (; pacer.next_departure(now) <= now; now += milliseconds(1), ++sent) pacer.on_departure(now);
  CHECK(sent == 135);
  CHECK(now < start + milliseconds(1200));
  CHECK(pacer.next_departure(now) >= start + seconds(30));
}

TEST_CASE("no more are in flight than there are connections") {
  PacerOptions options = with_share(1.0);
  options.connections = 3;
  Pacer pacer(options);
  pacer.on_departure(start);
  answer(pacer, start, start, QuotaReading{});
  for (int n = 1; n <= 3; ++n) pacer.on_departure(start + milliseconds(n));
  CHECK(pacer.next_departure(start + seconds(1)) == TimePoint::max());
  answer(pacer, start + milliseconds(2), start + seconds(1), QuotaReading{});
  CHECK(pacer.next_departure(start + seconds(1)) <= start + seconds(1));
}

TEST_CASE("windows are accounted for when they are over") {
  Pacer pacer = informed(reading(29900, 150, 149));
  CHECK(departures_until(pacer, start + milliseconds(100), start + seconds(29)) > 100);
  CHECK(pacer.take_ended_windows().empty());
  REQUIRE(pacer.present_window());
  const std::int64_t used = pacer.present_window()->used;
  pacer.on_departure(start + seconds(31));
  const std::vector<WindowUse> ended = pacer.take_ended_windows();
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].used == used);
  CHECK(ended[0].quota == 150);
  CHECK(ended[0].budget == 150);
  CHECK(ended[0].length == seconds(30));
  CHECK_FALSE(ended[0].whole);
  CHECK(pacer.take_ended_windows().empty());
  CHECK(pacer.present_window()->used == 1);
  CHECK(pacer.present_window()->whole);
}

TEST_CASE("a window in which nothing left is not accounted for") {
  Pacer pacer = informed(reading(29900, 150, 149));
  for (const int later : {31, 61, 91})
    CHECK(pacer.next_departure(start + seconds(later)) < start + seconds(92));
  CHECK(pacer.take_ended_windows().size() == 1);
  CHECK_FALSE(pacer.present_window());
}

TEST_CASE("a server error that comes slowly tells as much about the load as a slow answer") {
  const auto concurrency_after = [](Sign sign) {
    PacerOptions options = with_share(1.0);
    options.connections = 10;
    options.breaker.trip_after = 1000;
    Pacer pacer(options);
    TimePoint now = start;
    for (int n = 0; n < 200; ++n) {
      const Duration latency = n < 100 ? milliseconds(50) : seconds(1);
      pacer.on_departure(now);
      pacer.on_answer(now, now + latency, Answer{n < 100 ? Sign::well : sign, QuotaReading{}, latency}, 0.5);
      now += latency + milliseconds(1);
    }
    return pacer.concurrency();
  };
  CHECK(concurrency_after(Sign::failing) < 10);
  CHECK(concurrency_after(Sign::failing) == concurrency_after(Sign::well));
}

TEST_CASE(
    "a refusal whose reset cannot be is one without: the window's length is waited for, or the usual one") {
  for (const std::int64_t reset_ms : {std::int64_t{-1}, std::int64_t{3'600'001}}) {
    Pacer unknown = pacer_with_share(1.0);
    unknown.on_departure(start);
    answer(unknown, start, start, QuotaReading{std::nullopt, reset_ms, std::nullopt, 0}, Sign::spent, 0);
    const auto waits = unknown.next_departure(start) - start;
    CHECK(waits >= seconds(30));
    CHECK(waits < seconds(31));
  }
}

TEST_CASE("what can be kept up is the share of the quota, or an own cap below it") {
  PacerOptions options = with_share(0.5);
  options.max_requests_per_second = 2;
  Pacer capped(options);
  CHECK(capped.sustained_rate() == 2.0);
  capped.on_departure(start);
  answer(capped, start, start + milliseconds(100), reading(30000, 150, 149));
  CHECK(capped.sustained_rate() == 2.0);
  options.max_requests_per_second = 200;
  Pacer wide(options);
  wide.on_departure(start);
  answer(wide, start, start + milliseconds(100), reading(30000, 150, 149));
  CHECK(wide.sustained_rate() == 2.5);
  CHECK(wide.connections() == 1000);
  CHECK(wide.breaker() == Breaker::State::closed);
}

}  // namespace
