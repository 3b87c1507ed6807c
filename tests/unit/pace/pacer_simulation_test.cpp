#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>

#include "simulation.hpp"

namespace {

using namespace consent_sync::pace;
using namespace consent_sync::pace::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Windows that lie wholly within the run, without the first two, in which the latency is still being learned.
std::vector<WindowCount> settled_windows(const Scenario& scenario, const Outcome& outcome) {
  std::vector<WindowCount> settled;
  for (std::size_t n = 2; n < outcome.windows.size(); ++n) {
    if (outcome.windows[n].begin + scenario.window <= scenario.run_for) settled.push_back(outcome.windows[n]);
  }
  return settled;
}

Scenario random_alone(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const std::int64_t quotas[] = {150, 150, 150, 150, 450, 450, 450, 20000};
  const milliseconds latencies[] = {milliseconds(20), milliseconds(200), milliseconds(600),
                                    milliseconds(2000)};
  Scenario scenario;
  scenario.seed = seed;
  scenario.share = seed % 2 == 0 ? 1.0 : 0.9;
  const std::int64_t quota = quotas[random() % 8];
  scenario.quota = [quota](Duration) { return quota; };
  scenario.most_latency = quota == 20000 ? milliseconds(20) : latencies[random() % 4];
  if (random() % 4 == 0) scenario.least_latency = scenario.most_latency;
  scenario.phase = milliseconds(random() % 30000);
  scenario.window_starts_with_first_request = random() % 3 == 0;
  scenario.run_for = quota == 20000 ? seconds(100) : seconds(200);
  return scenario;
}

// What the workers can do in a window, whatever the quota.
double capacity(const Scenario& scenario) {
  const auto mean = std::chrono::duration<double>(scenario.least_latency + scenario.most_latency).count() / 2;
  return static_cast<double>(scenario.workers) / mean *
         std::chrono::duration<double>(scenario.window).count();
}

std::string describe(const Scenario& scenario) {
  return "seed " + std::to_string(scenario.seed) + ", share " + std::to_string(scenario.share) + ", quota " +
         std::to_string(scenario.quota({})) + ", latency " + std::to_string(scenario.least_latency.count()) +
         ".." + std::to_string(scenario.most_latency.count()) + " ns, windows " +
         (scenario.window_starts_with_first_request ? "begin with a request" : "follow each other");
}

TEST_CASE("alone on a store, the whole share of every full window is used, and no request is refused") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Scenario scenario = random_alone(seed);
    INFO(describe(scenario));
    const Outcome outcome = simulate(scenario);
    CHECK(outcome.refused == 0);
    CHECK(outcome.most_before_first_reply == 1);
    const auto settled = settled_windows(scenario, outcome);
    REQUIRE(settled.size() >= 1);
    const double share = scenario.share * static_cast<double>(scenario.quota({}));
    const double possible = std::min(share, 0.93 * capacity(scenario));
    for (const WindowCount& window : settled) {
      CHECK(static_cast<double>(window.ours) >= possible * (scenario.share == 1.0 ? 0.995 : 0.99));
      CHECK(static_cast<double>(window.ours) <= share * (scenario.share == 1.0 ? 1.0 : 1.01));
    }
  }
}

TEST_CASE("alone on a store, requests are spread over the window") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Scenario scenario = random_alone(seed);
    scenario.quota = [](Duration) { return std::int64_t{450}; };
    scenario.most_latency = scenario.least_latency = milliseconds(100);
    scenario.run_for = seconds(200);
    INFO(describe(scenario));
    const Outcome outcome = simulate(scenario);
    // 15 a second is even. A run that joins in the middle of a window may be half as fast again.
    std::vector<int> by_second(200);
    for (const Duration departure : outcome.departures)
      ++by_second[static_cast<std::size_t>(departure / seconds(1))];
    CHECK(*std::max_element(by_second.begin(), by_second.end()) <= 24);
    CHECK(*std::min_element(by_second.begin() + 65, by_second.end() - 1) >= 8);
  }
}

TEST_CASE("beside other clients a run gives way, and is never refused twice in a row") {
  std::int64_t requests = 0;
  std::int64_t refused = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Scenario scenario = random_alone(seed);
    scenario.foreign_per_second =
        static_cast<double>(scenario.quota({})) / 30 * static_cast<double>(seed % 10) / 10;
    INFO(describe(scenario) << ", foreign " << scenario.foreign_per_second << " a second");
    const Outcome outcome = simulate(scenario);
    CHECK(outcome.refused_twice == 0);
    CHECK(outcome.early_after_429 == 0);
    for (const WindowCount& window : settled_windows(scenario, outcome))
      CHECK(window.ours + window.foreign <= window.quota);
    requests += static_cast<std::int64_t>(outcome.departures.size());
    refused += outcome.refused;
    if (scenario.share < 1 && seed % 10 <= 4) CHECK(outcome.refused == 0);
  }
  MESSAGE("refused: " << refused << " of " << requests);
  CHECK(static_cast<double>(refused) < 0.002 * static_cast<double>(requests));
}

TEST_CASE("beside other clients that leave room, what they leave is used") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Scenario scenario = random_alone(seed);
    scenario.quota = [](Duration) { return std::int64_t{450}; };
    scenario.least_latency = milliseconds(5);
    scenario.most_latency = milliseconds(200);
    scenario.share = 0.9;
    scenario.foreign_per_second = 5;  // a third of the quota
    INFO(describe(scenario));
    for (const WindowCount& window : settled_windows(scenario, simulate(scenario))) {
      CHECK(static_cast<double>(window.ours) >= 0.85 * static_cast<double>(450 - 23 - window.foreign));
    }
  }
}

TEST_CASE("a quota that changes between windows is kept from the first reply on") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Scenario scenario = random_alone(seed);
    scenario.phase = Duration::zero();
    scenario.window_starts_with_first_request = false;
    scenario.most_latency = milliseconds(600);
    scenario.least_latency = milliseconds(5);
    scenario.quota = [](Duration now) {
      return std::int64_t{now < seconds(90) ? 450 : now < seconds(150) ? 150 : 450};
    };
    scenario.run_for = seconds(240);
    INFO(describe(scenario));
    const Outcome outcome = simulate(scenario);
    CHECK(outcome.refused == 0);
    for (const WindowCount& window : settled_windows(scenario, outcome)) {
      CHECK(static_cast<double>(window.ours) >= 0.98 * scenario.share * static_cast<double>(window.quota));
      CHECK(static_cast<double>(window.ours) <= 1.01 * scenario.share * static_cast<double>(window.quota));
    }
  }
}

TEST_CASE("a quota cut in the middle of a window is never overrun twice in a row") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Scenario scenario = random_alone(seed);
    scenario.quota = [](Duration now) { return std::int64_t{(now / seconds(47)) % 2 == 0 ? 450 : 150}; };
    INFO(describe(scenario));
    const Outcome outcome = simulate(scenario);
    CHECK(outcome.refused_twice == 0);
    CHECK(outcome.early_after_429 == 0);
    CHECK(outcome.departures.size() > 500);
  }
}

void spoil_sometimes(QuotaReading& reading, std::mt19937_64& random) {
  switch (random() % 12) {
    case 0:
      reading = QuotaReading{};
      break;
    case 1:
      reading.left = std::nullopt;
      break;
    case 2:
      reading.reset_ms = std::nullopt;
      break;
    case 3:
      reading.window_ms = 0;
      break;
    case 4:
      reading.quota = -1;
      break;
    case 5:
      reading.quota = std::nullopt;
      break;
    default:
      break;
  }
}

TEST_CASE("missing and impossible headers do not make a run overdraw, nor stop it") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Scenario scenario = random_alone(seed);
    scenario.spoil = [first = true](QuotaReading& reading, std::mt19937_64& random) mutable {
      if (!std::exchange(first, false)) spoil_sometimes(reading, random);
    };
    INFO(describe(scenario));
    const Outcome outcome = simulate(scenario);
    CHECK(outcome.refused == 0);
    const double possible =
        std::min(scenario.share * static_cast<double>(scenario.quota({})), 0.9 * capacity(scenario));
    for (const WindowCount& window : settled_windows(scenario, outcome)) {
      CHECK(static_cast<double>(window.ours) >= 0.95 * possible);
    }
  }
}

TEST_CASE("lost replies cost units, and never more than the quota") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Scenario scenario = random_alone(seed);
    scenario.lost = 0.05;
    INFO(describe(scenario));
    const Outcome outcome = simulate(scenario);
    CHECK(outcome.refused == 0);
    const double possible =
        std::min(scenario.share * static_cast<double>(scenario.quota({})), 0.9 * capacity(scenario));
    for (const WindowCount& window : settled_windows(scenario, outcome)) {
      CHECK(static_cast<double>(window.ours) >= 0.9 * possible);
    }
  }
}

TEST_CASE("an own cap is kept to within a percent, oversleeping or not") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Scenario scenario = random_alone(seed);
    scenario.spoil = [](QuotaReading& reading, std::mt19937_64&) { reading = QuotaReading{}; };
    scenario.quota = [](Duration) { return std::int64_t{1'000'000}; };
    scenario.max_requests_per_second = 50;
    scenario.least_latency = milliseconds(5);
    scenario.most_latency = milliseconds(20);
    scenario.oversleep = milliseconds(seed % 2 == 0 ? 1 : 15);
    scenario.run_for = seconds(60);
    INFO(describe(scenario));
    const auto sent = simulate(scenario).departures.size();
    CHECK(sent >= 2970);
    CHECK(sent <= 3010);
  }
}

}  // namespace
