#include <doctest/doctest.h>

#include <consent_sync/pace/breaker.hpp>

#include "start.hpp"

using namespace consent_sync::pace;
using consent_sync::pace::test::start;
using namespace std::chrono_literals;
using State = Breaker::State;

namespace {

constexpr double latest = 0.999;
Breaker breaker() {
  return Breaker({3, {1s, 8s}, 60s});
}

Breaker opened(TimePoint now) {
  Breaker open = breaker();
  for (int i = 0; i < 3; ++i) open.on_failure(now, now, latest);
  return open;
}

}  // namespace

TEST_CASE("failures in a row open the breaker, and an answer in between starts the count anew") {
  Breaker b = breaker();
  b.on_failure(start, start, latest);
  b.on_failure(start, start, latest);
  b.on_success(start, start);
  b.on_failure(start, start, latest);
  b.on_failure(start, start, latest);
  CHECK(b.state() == State::closed);
  CHECK(b.next_departure(start) == start);
  b.on_failure(start, start, latest);
  CHECK(b.state() == State::open);
  CHECK(b.next_departure(start) > start);
}

TEST_CASE("after the pause one probe leaves, and nothing else until it has ended") {
  Breaker b = opened(start);
  const TimePoint probe_at = b.next_departure(start);
  CHECK(probe_at <= start + 1s);
  b.on_departure(probe_at);
  CHECK(b.state() == State::half_open);
  CHECK(b.next_departure(probe_at) == TimePoint::max());
  SUBCASE("its success closes the breaker") {
    b.on_success(probe_at, probe_at + 100ms);
    CHECK(b.next_departure(probe_at) == probe_at);
  }
  SUBCASE("its failure opens it for longer") {
    b.on_failure(probe_at, probe_at, latest);
    CHECK(b.next_departure(probe_at) - probe_at > 1s);
  }
  SUBCASE("an end that tells nothing lets another probe out") {
    b.on_inconclusive(probe_at);
    CHECK(b.next_departure(probe_at) <= probe_at);
    b.on_departure(probe_at);
    CHECK(b.next_departure(probe_at) == TimePoint::max());
  }
}

TEST_CASE("pauses grow up to their cap") {
  Breaker b = opened(start);
  TimePoint now = start;
  for (int i = 0; i < 20; ++i) {
    now = b.next_departure(now);
    b.on_departure(now);
    b.on_failure(now, now, latest);
    CHECK(b.next_departure(now) - now <= 8s);
  }
  CHECK(b.next_departure(now) - now > 7s);
}

TEST_CASE("what was in flight when it opened does not lengthen the pause") {
  Breaker b = opened(start);
  const TimePoint probe_at = b.next_departure(start);
  for (int i = 0; i < 10; ++i) b.on_failure(start, start + 500ms, latest);
  CHECK(b.next_departure(start) == probe_at);
}

TEST_CASE("a store that says it is down opens the breaker at once") {
  Breaker b = breaker();
  b.on_down(start, start, latest);
  CHECK(b.state() == State::open);
}

TEST_CASE("a success of a request that left before it opened does not close it, nor pass for the probe's") {
  Breaker b = opened(start);
  b.on_success(start - 100ms, start + 10ms);
  CHECK(b.state() == State::open);
  const TimePoint probe_at = b.next_departure(start);
  b.on_departure(probe_at);
  b.on_success(start - 100ms, probe_at + 10ms);
  CHECK(b.state() == State::half_open);
  b.on_success(probe_at, probe_at + 20ms);
  CHECK(b.state() == State::closed);
}

TEST_CASE("a failure of a request that left before it closed again does not count") {
  Breaker b = opened(start);
  const TimePoint probe_at = b.next_departure(start);
  b.on_departure(probe_at);
  b.on_success(probe_at, probe_at + 1s);
  b.on_down(start, probe_at + 2s, latest);
  CHECK(b.state() == State::closed);
  b.on_down(probe_at + 2s, probe_at + 3s, latest);
  CHECK(b.state() == State::open);
}

TEST_CASE("it gives up when it has not been closed for the whole time, however often it was half-open") {
  Breaker b = breaker();
  CHECK(b.gives_up_at() == TimePoint::max());
  b = opened(start);
  CHECK(b.gives_up_at() == start + 60s);
  const TimePoint probe_at = b.next_departure(start);
  b.on_departure(probe_at);
  b.on_failure(probe_at, probe_at + 30s, latest);
  CHECK(b.gives_up_at() == start + 60s);
  const TimePoint again_at = b.next_departure(probe_at + 30s);
  b.on_departure(again_at);
  b.on_success(again_at, again_at);
  CHECK(b.gives_up_at() == TimePoint::max());
}

TEST_CASE("an end that tells nothing, of a request that is not the probe, lets no other out") {
  Breaker b = opened(start);
  const TimePoint probe_at = b.next_departure(start);
  b.on_departure(probe_at);
  b.on_inconclusive(start - 1s);
  CHECK(b.state() == State::half_open);
  CHECK(b.next_departure(probe_at) == TimePoint::max());
}
