#include <consent_sync/pace/deadline.hpp>
#include <consent_sync/pace/pacer.hpp>

#include <doctest/doctest.h>

#include "start.hpp"

using namespace consent_sync::pace;
using consent_sync::pace::test::start;
using namespace std::chrono_literals;
using Action = DeadlineStep::Action;

TEST_CASE("nothing is known of latency before the first answer, then the slowest of the last 64 counts") {
  RecentLatency latency;
  CHECK_FALSE(latency.slowest());
  latency.add(3s);
  CHECK(latency.slowest() == Duration(3s));
  for (int i = 0; i < 63; ++i) latency.add(10ms);
  CHECK(latency.slowest() == Duration(3s));
  latency.add(20ms);
  CHECK(latency.slowest() == Duration(20ms));
}

TEST_CASE("requests leave until twice the slowest latency of late before the deadline") {
  CHECK(judge_deadline(10s, 2s, 30s).action == Action::go_on);
  CHECK(judge_deadline(4001ms, 2s, 30s).action == Action::go_on);
  CHECK(judge_deadline(4s, 2s, 30s).action == Action::stop);
  CHECK(judge_deadline(1ms, 2s, 30s).action == Action::stop);
}

TEST_CASE("a fast store is not trusted to the last millisecond, an unknown one gets a second") {
  CHECK(judge_deadline(251ms, 1ms, 30s).action == Action::go_on);
  CHECK(judge_deadline(250ms, 1ms, 30s).action == Action::stop);
  CHECK(judge_deadline(1001ms, std::nullopt, 30s).action == Action::go_on);
  CHECK(judge_deadline(1s, std::nullopt, 30s).action == Action::stop);
}

TEST_CASE("nothing takes longer than the timeout") {
  CHECK(judge_deadline(31s, 29s, 30s).action == Action::go_on);
  CHECK(judge_deadline(30s, 29s, 30s).action == Action::stop);
  CHECK(judge_deadline(101ms, std::nullopt, 100ms).action == Action::go_on);
}

TEST_CASE("at the deadline and after it what is in flight ends at once") {
  CHECK(judge_deadline(0s, std::nullopt, 30s).action == Action::abort);
  CHECK(judge_deadline(-1h, 10ms, 30s).action == Action::abort);
}

TEST_CASE("it is looked at again when it matters, and once a second in between, for latency changes") {
  CHECK(judge_deadline(1h, 10ms, 30s).look_again == Duration(1s));
  CHECK(judge_deadline(1s, 10ms, 30s).look_again == Duration(750ms));
  CHECK(judge_deadline(3s, 2s, 30s).look_again == Duration(3s));
}

TEST_CASE(
    "a pacer knows how long requests took of late, also those without a reply, but for those we gave up") {
  Pacer pacer(PacerOptions{});
  CHECK_FALSE(pacer.slowest_lately());
  pacer.on_departure(start);
  pacer.on_answer(start, start + 9s, {Sign::untold, std::nullopt, std::nullopt}, 0.5);
  CHECK_FALSE(pacer.slowest_lately());
  pacer.on_departure(start + 10s);
  pacer.on_answer(start + 10s, start + 12s, {Sign::failing, std::nullopt, std::nullopt}, 0.5);
  CHECK(pacer.slowest_lately() == Duration(2s));
}
