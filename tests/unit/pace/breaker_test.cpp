#include <doctest/doctest.h>

#include <consent_sync/pace/breaker.hpp>

using namespace consent_sync::pace;
using namespace std::chrono_literals;
using State = Breaker::State;

namespace {

constexpr double latest = 0.999;
const TimePoint start{1h};

Breaker breaker() {
  return Breaker({3, {1s, 8s}, 60s});
}

Breaker opened(TimePoint now) {
  Breaker open = breaker();
  for (int i = 0; i < 3; ++i) open.on_failure(now, latest);
  return open;
}

}  // namespace

TEST_CASE("failures in a row open the breaker, and an answer in between starts the count anew") {
  Breaker b = breaker();
  b.on_failure(start, latest);
  b.on_failure(start, latest);
  b.on_success();
  b.on_failure(start, latest);
  b.on_failure(start, latest);
  CHECK(b.state() == State::closed);
  CHECK(b.next_departure(start) == start);
  b.on_failure(start, latest);
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
    b.on_success();
    CHECK(b.next_departure(probe_at) == probe_at);
  }
  SUBCASE("its failure opens it for longer") {
    b.on_failure(probe_at, latest);
    CHECK(b.next_departure(probe_at) - probe_at > 1s);
  }
  SUBCASE("an end that tells nothing lets another probe out") {
    b.on_inconclusive();
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
    b.on_failure(now, latest);
    CHECK(b.next_departure(now) - now <= 8s);
  }
  CHECK(b.next_departure(now) - now > 7s);
}

TEST_CASE("what was in flight when it opened does not lengthen the pause") {
  Breaker b = opened(start);
  const TimePoint probe_at = b.next_departure(start);
  for (int i = 0; i < 10; ++i) b.on_failure(start + 500ms, latest);
  CHECK(b.next_departure(start) == probe_at);
}

TEST_CASE("a store that says it is down opens the breaker at once") {
  Breaker b = breaker();
  b.on_down(start, latest);
  CHECK(b.state() == State::open);
}

TEST_CASE("it gives up only when it has not been closed for the whole time") {
  Breaker b = opened(start);
  CHECK_FALSE(b.has_given_up(start + 59s));
  CHECK(b.has_given_up(start + 60s));
  b.on_departure(start + 30s);
  b.on_failure(start + 30s, latest);
  CHECK(b.has_given_up(start + 60s));
  b.on_success();
  CHECK_FALSE(b.has_given_up(start + 600s));
}
