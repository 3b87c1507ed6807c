#include <doctest/doctest.h>

#include <memory>

#include "simulation.hpp"

namespace {

using namespace consent_sync::pace;
using namespace consent_sync::pace::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

Scenario random_store(std::uint64_t seed) {
  Random random(seed);
  const milliseconds latencies[] = {milliseconds(20), milliseconds(200), milliseconds(600),
                                    milliseconds(2000)};
  Scenario scenario;
  scenario.seed = seed;
  scenario.pacer.share = seed % 2 == 0 ? 1.0 : 0.9;
  scenario.pacer.connections = 40;
  const std::int64_t quota = random() % 2 == 0 ? 150 : 450;
  scenario.quota = [quota](Duration) { return quota; };
  scenario.most_latency = latencies[random() % 4];
  scenario.phase = milliseconds(random() % 30000);
  scenario.window_starts_with_first_request = random() % 3 == 0;
  return scenario;
}

double least_use(const Scenario& scenario, const Outcome& outcome) {
  double least = 2;
  for (const WindowCount& window : full_windows(scenario, outcome)) {
    const double share = scenario.pacer.share * static_cast<double>(window.quota);
    least = std::min(least, static_cast<double>(window.ours) / share);
  }
  return least;
}

void spoil(QuotaReading& reading, Random& random) {
  switch (random() % 12) {
    case 0:
      reading = QuotaReading{};
      break;
    case 1:
      reading.left = std::nullopt;
      break;
    case 2:
      reading.left = -1 - static_cast<std::int64_t>(random() % 100);
      break;
    case 3:
      reading.left = *reading.quota + static_cast<std::int64_t>(random() % 1000);
      break;
    case 4:
      reading.reset_ms = std::nullopt;
      break;
    case 5:
      reading.reset_ms = static_cast<std::int64_t>(random() % 100'000);
      break;
    case 6:
      reading.reset_ms = -5;
      break;
    case 7:
      reading.window_ms = static_cast<std::int64_t>(random() % 10);
      break;
    case 8:
      reading.window_ms = std::nullopt;
      break;
    case 9:
      reading.quota = -1;
      break;
    case 10:
      reading.quota = static_cast<std::int64_t>(random() % 1'000'000);
      break;
    case 11:
      reading.quota = std::nullopt;
      break;
  }
}

TEST_CASE("headers that are missing or nonsense in one of six replies neither overdraw nor slow down a run") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Scenario scenario = random_store(seed);
    // The first reply tells the quota: before it there is nothing to compare nonsense with.
    const auto is_first = std::make_shared<bool>(true);
    scenario.spoil = [is_first](QuotaReading& reading, Random& random) {
      if (!std::exchange(*is_first, false) && random() % 6 == 0) spoil(reading, random);
    };
    INFO(describe(scenario));
    const Outcome outcome = simulate(scenario);
    CHECK(outcome.refused == 0);
    CHECK(least_use(scenario, outcome) >= 0.95);
  }
}

TEST_CASE("a store that tells its quota late is held to it from then on") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Scenario scenario = random_store(seed);
    scenario.pacer.share = 0.9;
    scenario.most_latency = milliseconds(600);
    const auto replies = std::make_shared<int>(0);
    scenario.spoil = [replies](QuotaReading& reading, Random&) {
      if (++*replies <= 3) reading = QuotaReading{};
    };
    INFO(describe(scenario));
    const Outcome outcome = simulate(scenario);
    CHECK(outcome.refused == 0);
    CHECK(least_use(scenario, outcome) >= 0.98);
  }
}

TEST_CASE("lost replies cost units, and never more than the quota") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Scenario scenario = random_store(seed);
    scenario.lost = 0.05;
    INFO(describe(scenario));
    const Outcome outcome = simulate(scenario);
    CHECK(outcome.refused == 0);
    CHECK(least_use(scenario, outcome) >= 0.9);
  }
}

TEST_CASE("replies that take ten times as long now and then change nothing") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Scenario scenario = random_store(seed);
    scenario.most_latency = milliseconds(200);
    scenario.latency_tail = 0.05;
    INFO(describe(scenario));
    const Outcome outcome = simulate(scenario);
    CHECK(outcome.refused == 0);
    CHECK(least_use(scenario, outcome) >= 0.985);
  }
}

TEST_CASE("a quota that changes between windows is kept, and used") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Scenario scenario = random_store(seed);
    scenario.phase = Duration::zero();
    scenario.window_starts_with_first_request = false;
    scenario.most_latency = milliseconds(600);
    scenario.quota = [](Duration now) {
      return std::int64_t{now < seconds(90) ? 450 : now < seconds(150) ? 150 : 450};
    };
    scenario.run_for = seconds(240);
    INFO(describe(scenario));
    const Outcome outcome = simulate(scenario);
    CHECK(outcome.refused == 0);
    CHECK(least_use(scenario, outcome) >= 0.98);
  }
}

TEST_CASE("a quota cut in the middle of a window is never overrun twice in a row") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Scenario scenario = random_store(seed);
    scenario.quota = [](Duration now) { return std::int64_t{(now / seconds(47)) % 2 == 0 ? 450 : 150}; };
    INFO(describe(scenario));
    const Outcome outcome = simulate(scenario);
    CHECK(outcome.consecutive_429 == 0);
    CHECK(outcome.early_after_429 == 0);
    CHECK(outcome.departures.size() > 500);
  }
}

}  // namespace
