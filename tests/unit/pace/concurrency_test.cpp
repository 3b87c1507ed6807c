#include <doctest/doctest.h>

#include <consent_sync/pace/concurrency.hpp>

#include "start.hpp"

using namespace consent_sync::pace;
using consent_sync::pace::test::start;
using namespace std::chrono_literals;

namespace {

// Sends one request after another, each answered after `latency`, for `time`; returns the time after.
TimePoint converse(Concurrency& concurrency, TimePoint now, Duration time, Duration latency) {
  for (const TimePoint end = now + time; now < end; now += latency) {
    concurrency.on_departure(now, static_cast<std::size_t>(std::max(1.0, concurrency.limit())));
    concurrency.on_reply(now, now + latency, latency);
  }
  return now;
}

}  // namespace

TEST_CASE("it begins at its most, and lets no more out than that") {
  const Concurrency concurrency(4);
  CHECK(concurrency.limit() == 4);
  CHECK(concurrency.next_departure(start, 3) <= start);
  CHECK(concurrency.next_departure(start, 4) == TimePoint::max());
}

TEST_CASE("overload halves it, and a second answer of the same flight changes nothing") {
  Concurrency concurrency(10);
  concurrency.on_departure(start, 10);
  concurrency.on_overload(start, start + 1s);
  CHECK(concurrency.limit() == 5);
  concurrency.on_overload(start + 500ms, start + 2s);
  CHECK(concurrency.limit() == 5);
  concurrency.on_departure(start + 3s, 5);
  concurrency.on_overload(start + 3s, start + 4s);
  CHECK(concurrency.limit() == 2.5);
}

TEST_CASE("a limit that was not used up was not what overloaded the store") {
  Concurrency concurrency(100);
  concurrency.on_departure(start, 2);
  concurrency.on_overload(start, start + 1s);
  CHECK(concurrency.limit() == 1);
}

TEST_CASE("it comes back slowly, and keeps away from where there was trouble") {
  Concurrency concurrency(10);
  TimePoint now = converse(concurrency, start, 10s, 50ms);
  concurrency.on_departure(now, 10);
  concurrency.on_overload(now, now);
  const TimePoint troubled = now;
  now = converse(concurrency, now, 4s, 50ms);
  CHECK(concurrency.limit() == 5);
  now = converse(concurrency, now, 4s, 50ms);
  CHECK(concurrency.limit() == 6);
  now = converse(concurrency, now, troubled + 55s - now, 50ms);
  CHECK(concurrency.limit() == 9);
  now = converse(concurrency, now, 20s, 50ms);
  CHECK(concurrency.limit() == 10);
  SUBCASE("for twice as long when it proves right") {
    concurrency.on_departure(now, 10);
    concurrency.on_overload(now, now);
    now = converse(concurrency, now, 110s, 50ms);
    CHECK(concurrency.limit() == 9);
    converse(concurrency, now, 30s, 50ms);
    CHECK(concurrency.limit() == 10);
  }
}

TEST_CASE("below one, one request at a time, evenly, and no faster than the limit says") {
  Concurrency concurrency(1);
  TimePoint now = converse(concurrency, start, 5s, 100ms);
  concurrency.on_departure(now, 1);
  concurrency.on_overload(now, now + 100ms);
  CHECK(concurrency.limit() == 0.5);
  const TimePoint next = concurrency.next_departure(now + 100ms, 0);
  CHECK(next - now == 200ms);
  CHECK(concurrency.next_departure(now + 100ms, 1) == TimePoint::max());
}

TEST_CASE("a store that is down leaves one request at a time, not fewer") {
  Concurrency concurrency(10);
  TimePoint now = start;
  for (int n = 0; n < 10; ++n) {
    concurrency.on_departure(now, 10);
    concurrency.on_down(now, now + 1s);
    now += 2s;
  }
  CHECK(concurrency.limit() == 1);
}

TEST_CASE("latency that rises beyond twice the usual brings it down, and up again when it falls") {
  Concurrency concurrency(10);
  TimePoint now = converse(concurrency, start, 20s, 50ms);
  CHECK(concurrency.limit() == 10);
  now = converse(concurrency, now, 60s, 500ms);
  CHECK(concurrency.limit() < 8);
  CHECK(concurrency.limit() >= 1);
  converse(concurrency, now, 120s, 50ms);
  CHECK(concurrency.limit() == 10);
}

TEST_CASE("silence counts as latency") {
  Concurrency concurrency(10);
  TimePoint now = converse(concurrency, start, 20s, 50ms);
  for (int n = 0; n < 60; ++n, now += 30s) {
    concurrency.on_departure(now, 10);
    concurrency.on_silence(now, now + 30s);
  }
  CHECK(concurrency.limit() < 8);
}

TEST_CASE("a store that has become slower for good is believed in the end") {
  Concurrency concurrency(10);
  const TimePoint now = converse(concurrency, start, 20s, 50ms);
  converse(concurrency, now, 1000s, 500ms);
  CHECK(concurrency.limit() == 10);
}

TEST_CASE("trouble far above where it was last is other trouble: it is avoided for a first time only") {
  Concurrency concurrency(64);
  concurrency.on_departure(start, 4);
  concurrency.on_overload(start, start + 1s);  // at 4
  TimePoint now = converse(concurrency, start + 2s, 30min, 100ms);
  REQUIRE(concurrency.limit() > 16);
  concurrency.on_departure(now, 64);
  concurrency.on_overload(now, now + 1s);
  const double after = concurrency.limit();
  CHECK(after > 4);
  now = converse(concurrency, now + 2s, 2min, 100ms);
  CHECK(concurrency.limit() > after);
}
