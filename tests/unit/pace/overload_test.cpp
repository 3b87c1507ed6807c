#include <doctest/doctest.h>

#include "simulation.hpp"

namespace {

using namespace consent_sync::pace;
using namespace consent_sync::pace::test;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

double seconds_of(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

Scenario without_quota(std::uint64_t seed, milliseconds latency) {
  Scenario scenario;
  scenario.seed = seed;
  scenario.quota = [](Duration) { return std::int64_t{0}; };
  scenario.most_latency = latency;
  scenario.run_for = minutes(10);
  return scenario;
}

TEST_CASE("a store that bears only so many requests at once gets that many, and hardly a 429") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    for (const int most : {1, 2, 5, 8}) {
      Scenario scenario = without_quota(seed, milliseconds(200));
      scenario.overloaded_beyond = most;
      INFO(describe(scenario) << ", overloaded beyond " << most);
      const Outcome outcome = simulate(scenario);
      CHECK(outcome.consecutive_429 == 0);
      CHECK(outcome.overloaded <= 40);
      const double mean_latency = seconds_of(scenario.least_latency + scenario.most_latency) / 2;
      const double possible = most * seconds_of(scenario.run_for) / mean_latency;
      CHECK(static_cast<double>(outcome.departures.size()) >= 0.85 * possible);
    }
  }
}

TEST_CASE(
    "a store that bears only so many requests a second is approached from below, even at one a second") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    for (const double rate : {1.0, 5.0, 20.0, 100.0}) {
      Scenario scenario = without_quota(seed, milliseconds(20));
      scenario.overloaded_beyond_rate = rate;
      INFO(describe(scenario) << ", overloaded beyond " << rate << " a second");
      const Outcome outcome = simulate(scenario);
      CHECK(outcome.overloaded <= 40);
      CHECK(static_cast<double>(outcome.departures.size()) >= 0.6 * rate * seconds_of(scenario.run_for));
    }
  }
}

TEST_CASE("a store that slows down under load is relieved, and used again when it is well") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Scenario scenario = without_quota(seed, milliseconds(200));
    scenario.slowness = [](Duration now) { return now > minutes(2) && now < minutes(3) ? 8.0 : 1.0; };
    INFO(describe(scenario));
    const Outcome outcome = simulate(scenario);
    CHECK(outcome.least_limit <= 4);
    CHECK(outcome.last_limit == 10);
  }
}

TEST_CASE("latency that only varies is not taken for load") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Scenario scenario = without_quota(seed, milliseconds(200));
    scenario.latency_tail = 0.1;
    INFO(describe(scenario));
    CHECK(simulate(scenario).least_limit >= 5);
  }
}

TEST_CASE("a store that is down is asked now and then, and taken up again at once when it is back") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Scenario scenario = without_quota(seed, milliseconds(200));
    scenario.is_down = [](Duration now) { return now > minutes(1) && now < minutes(4); };
    INFO(describe(scenario));
    const Outcome outcome = simulate(scenario);
    CHECK(outcome.down <= 30);
    CHECK_FALSE(outcome.gave_up_at);
    CHECK(outcome.last_limit == 10);
    const auto first_after = std::find_if(outcome.departures.begin(), outcome.departures.end(),
                                          [](Duration departure) { return departure > minutes(4); });
    REQUIRE(first_after != outcome.departures.end());
    CHECK(*first_after <= minutes(5) + seconds(1));
  }
}

TEST_CASE("a store that stays down is given up when it was to be, to the second, between two probes") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Scenario scenario = without_quota(seed, milliseconds(200));
    scenario.run_for = minutes(30);
    scenario.pacer.breaker.give_up_after = minutes(5);
    scenario.is_down = [](Duration now) { return now > minutes(1); };
    INFO(describe(scenario));
    const Outcome outcome = simulate(scenario);
    REQUIRE(outcome.gave_up_at);
    CHECK(*outcome.gave_up_at >= minutes(6));
    CHECK(*outcome.gave_up_at <= minutes(6) + seconds(1));
  }
}

TEST_CASE("a store with a quota that is overloaded besides is left alone as well") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Scenario scenario = without_quota(seed, milliseconds(200));
    scenario.quota = [](Duration) { return std::int64_t{450}; };
    scenario.pacer.share = 0.9;
    scenario.overloaded_beyond_rate = 5;
    INFO(describe(scenario));
    const Outcome outcome = simulate(scenario);
    CHECK(outcome.refused == 0);
    CHECK(outcome.overloaded <= 60);
    CHECK(outcome.departures.size() >= 1000);
  }
}

}  // namespace
