#include <doctest/doctest.h>

#include <algorithm>

#include "simulation.hpp"

namespace {

using namespace consent_sync::pace;
using namespace consent_sync::pace::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

Scenario alone(std::uint64_t seed, std::int64_t quota, milliseconds latency) {
  Random random(seed);
  Scenario scenario;
  scenario.seed = seed;
  scenario.pacer.share = seed % 2 == 0 ? 1.0 : 0.9;
  scenario.quota = [quota](Duration) { return quota; };
  scenario.most_latency = latency;
  if (random() % 4 == 0) scenario.least_latency = latency;
  scenario.phase = milliseconds(random() % 30000);
  scenario.window_starts_with_first_request = random() % 3 == 0;
  // Enough connections for the quota, whatever the latency: it is the pace that is on trial.
  const double in_flight = static_cast<double>(quota) / 30 * std::chrono::duration<double>(latency).count();
  scenario.pacer.connections = std::max(10, static_cast<int>(in_flight * 2.5));
  return scenario;
}

// The bars: with the whole quota 99.5 % of each full window, with 90 % of it one percent either way; never a
// 429; nothing withheld for longer than an even spread makes it and 50 ms.
void check_bars(const Scenario& scenario) {
  INFO(describe(scenario));
  const Outcome outcome = simulate(scenario);
  CHECK(outcome.refused == 0);
  CHECK(outcome.most_before_first_reply == 1);
  CHECK(outcome.longest_withheld <= milliseconds(50));
  const auto full = full_windows(scenario, outcome);
  REQUIRE(full.size() >= 2);
  const double share = scenario.pacer.share * static_cast<double>(scenario.quota({}));
  const double allowance = std::max(0.01 * share, 1.0);
  for (const WindowCount& window : full) {
    const auto used = static_cast<double>(window.ours);
    CHECK(used >= (scenario.pacer.share == 1.0 ? 0.995 * share : share - allowance));
    CHECK(used <= (scenario.pacer.share == 1.0 ? share : share + allowance));
  }
}

TEST_CASE("alone on a store of the usual plans, the whole share of every window is used, without a 429") {
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    for (const std::int64_t quota : {150, 450}) {
      for (const int latency : {5, 20, 200, 600, 2000}) check_bars(alone(seed, quota, milliseconds(latency)));
    }
  }
}

TEST_CASE("alone on a store of twenty thousand a window, the same") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    for (const int latency : {5, 200, 2000}) {
      Scenario scenario = alone(seed, 20000, milliseconds(latency));
      scenario.run_for = seconds(100);
      check_bars(scenario);
    }
  }
}

TEST_CASE("spent as the window turns, the share is the same") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    for (const int latency : {5, 200}) {
      Scenario scenario = alone(seed, 450, milliseconds(latency));
      scenario.pacer.shape = Shape::burst;
      check_bars(scenario);
      const Outcome outcome = simulate(scenario);
      const double seconds_busy = 450.0 / scenario.pacer.connections * latency / 1000;
      for (const WindowCount& window : full_windows(scenario, outcome)) {
        const Duration done = window.begin + seconds(1) + milliseconds(static_cast<int>(seconds_busy * 1000));
        CHECK(std::none_of(outcome.departures.begin(), outcome.departures.end(), [&](Duration departure) {
          return departure > done && departure < window.begin + seconds(30);
        }));
      }
    }
  }
}

TEST_CASE("spread evenly, no second of a window carries much more than another") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Scenario scenario = alone(seed, 450, milliseconds(100));
    scenario.least_latency = milliseconds(100);
    INFO(describe(scenario));
    const Outcome outcome = simulate(scenario);
    std::vector<int> by_second(200);
    for (const Duration departure : outcome.departures)
      ++by_second[static_cast<std::size_t>(departure / seconds(1))];
    // 15 a second is even. A run that joins in the middle of a window may be twice as fast.
    CHECK(*std::max_element(by_second.begin(), by_second.end()) <= 31);
    CHECK(*std::max_element(by_second.begin() + 61, by_second.end() - 1) <= 17);
    CHECK(*std::min_element(by_second.begin() + 61, by_second.end() - 1) >= 8);
  }
}

TEST_CASE("the pacer's own account of a window is the store's, to within what is under way at its ends") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Scenario scenario = alone(seed, 450, milliseconds(200));
    INFO(describe(scenario));
    const Outcome outcome = simulate(scenario);
    std::int64_t accounted = 0;
    for (const WindowUse& use : outcome.accounts) accounted += use.used;
    CHECK(accounted == static_cast<std::int64_t>(outcome.departures.size()));
    REQUIRE(outcome.accounts.size() == outcome.windows.size());
    for (std::size_t n = 0; n < outcome.windows.size(); ++n) {
      CHECK(outcome.accounts[n].quota == 450);
      CHECK(std::abs(outcome.accounts[n].used - outcome.windows[n].ours) <= 7);
      CHECK(outcome.accounts[n].others == 0);
      CHECK(outcome.accounts[n].throttled == 0);
    }
  }
}

TEST_CASE("an own cap is kept to within a percent, oversleeping or not") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Scenario scenario = alone(seed, 0, milliseconds(20));
    scenario.pacer.max_requests_per_second = 50;
    scenario.oversleep = milliseconds(seed % 2 == 0 ? 1 : 15);
    scenario.run_for = seconds(60);
    INFO(describe(scenario));
    const auto sent = simulate(scenario).departures.size();
    CHECK(sent >= 2970);
    CHECK(sent <= 3010);
  }
}

TEST_CASE("without a quota every connection is busy all the time") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Scenario scenario = alone(seed, 0, milliseconds(50));
    scenario.least_latency = scenario.most_latency;
    scenario.run_for = seconds(60);
    INFO(describe(scenario));
    CHECK(simulate(scenario).departures.size() >= 11'900);
  }
}

}  // namespace
