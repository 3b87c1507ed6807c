#include <doctest/doctest.h>

#include "fault_schedule.hpp"

using namespace consent_sync::sandbox;
using namespace std::chrono_literals;

namespace {

FaultSchedule schedule_of(std::initializer_list<const char*> texts, std::uint64_t seed = 1) {
  std::vector<Fault> faults;
  for (const auto* text : texts) faults.push_back(parse_fault(text));
  return {faults, seed};
}

RequestOrdinal request(std::int64_t number) {
  return {number, std::nullopt, 0};
}

}  // namespace

TEST_CASE("a fault strikes the requests with its numbers and no others") {
  const auto schedule = schedule_of({"500@5-6"});
  CHECK_FALSE(schedule.strike(request(4)).reply);
  CHECK(schedule.strike(request(5)).reply);
  CHECK(schedule.strike(request(6)).reply);
  CHECK_FALSE(schedule.strike(request(7)).reply);
}

TEST_CASE("with customers the numbers count the requests for each of them") {
  const auto schedule = schedule_of({"500@1#20-21"});
  CHECK(schedule.strike({900, 20, 1}).reply);
  CHECK(schedule.strike({901, 21, 1}).reply);
  CHECK_FALSE(schedule.strike({902, 20, 2}).reply);
  CHECK_FALSE(schedule.strike({1, 22, 1}).reply);
  CHECK_FALSE(schedule.strike(request(1)).reply);
}

TEST_CASE("the first fault that decides the reply wins, and the others come on top") {
  const auto strike =
      schedule_of({"slow:20ms", "503", "500", "close", "drain:3", "slow:5ms", "revoke"}).strike(request(1));
  REQUIRE(strike.reply);
  CHECK(strike.reply->status == 503);
  CHECK(strike.delay == 25ms);
  CHECK(strike.announced_close);
  CHECK_FALSE(strike.silent_close);
  CHECK(strike.drain == 3);
  CHECK(strike.revoke);
  CHECK(strike.names == std::vector<std::string_view>{"slow", "503", "close", "drain", "slow", "revoke"});
}

TEST_CASE("a probability strikes about so often, and the same requests for the same seed") {
  const auto schedule = schedule_of({"reset@0.1"}, 7);
  const auto again = schedule_of({"reset@0.1"}, 7);
  const auto other = schedule_of({"reset@0.1"}, 8);
  int struck = 0;
  int same_as_other = 0;
  for (std::int64_t number = 1; number <= 10000; ++number) {
    const bool strikes = schedule.strike(request(number)).reply.has_value();
    struck += strikes ? 1 : 0;
    CHECK(strikes == again.strike(request(number)).reply.has_value());
    same_as_other += strikes && other.strike(request(number)).reply ? 1 : 0;
  }
  CHECK(struck > 900);
  CHECK(struck < 1100);
  CHECK(same_as_other < 200);
}

TEST_CASE("two faults with probabilities do not strike in step") {
  const auto schedule = schedule_of({"slow:1ms@0.5", "close@0.5"});
  int both = 0;
  for (std::int64_t number = 1; number <= 10000; ++number) {
    const auto strike = schedule.strike(request(number));
    both += strike.delay == 1ms && strike.announced_close ? 1 : 0;
  }
  CHECK(both > 2300);
  CHECK(both < 2700);
}

TEST_CASE("probability 0.0 never strikes and 1.0 always does") {
  const auto never = schedule_of({"500@0.0"});
  const auto always = schedule_of({"500@1.0"});
  for (std::int64_t number = 1; number <= 1000; ++number) {
    CHECK_FALSE(never.strike(request(number)).reply);
    CHECK(always.strike(request(number)).reply);
  }
}
