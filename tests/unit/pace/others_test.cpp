#include <doctest/doctest.h>

#include <string>

#include "simulation.hpp"
#include "start.hpp"

namespace {

using namespace consent_sync::pace;
using namespace consent_sync::pace::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Crowd {
  double share;
  std::int64_t quota;
  int latency_ms;
  double load;  // of the quota, on average
  bool on_and_off;
};

Scenario beside(const Crowd& crowd, std::uint64_t seed) {
  Random random(seed);
  Scenario scenario;
  scenario.seed = seed;
  scenario.pacer.share = crowd.share;
  scenario.pacer.connections = 30;
  scenario.quota = [quota = crowd.quota](Duration) { return quota; };
  scenario.most_latency = milliseconds(crowd.latency_ms);
  scenario.phase = milliseconds(random() % 30000);
  scenario.window_starts_with_first_request = random() % 3 == 0;
  scenario.run_for = seconds(310);
  const auto apps = 1 + static_cast<int>(random() % 3);
  for (int n = 0; n < apps; ++n) {
    OtherApp app;
    app.per_second = crowd.load * static_cast<double>(crowd.quota) / 30 / apps;
    if (crowd.on_and_off) {
      app.per_second *= 2;
      app.mean_on = app.mean_off = seconds(5 + static_cast<int>(random() % 40));
    }
    scenario.others.push_back(app);
  }
  return scenario;
}

struct Sum {
  double used = 0;
  double left_for_us = 0;  // what the others left, times the share
  std::int64_t windows = 0;
  std::int64_t with_avoidable_429 = 0;

  void add(const Scenario& scenario, const Outcome& outcome) {
    for (const WindowCount& window : full_windows(scenario, outcome)) {
      used += static_cast<double>(window.ours);
      left_for_us += scenario.pacer.share * static_cast<double>(window.quota - window.others);
      ++windows;
      if (window.avoidable > 0) ++with_avoidable_429;
    }
  }
};

// Every run of a crowd, each on a seed of its own.
Sum run_beside(const Crowd& crowd, std::uint64_t runs) {
  Sum sum;
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    const Scenario scenario = beside(crowd, seed);
    INFO(describe(scenario));
    const Outcome outcome = simulate(scenario);
    CHECK(outcome.early_after_429 == 0);
    CHECK(outcome.consecutive_429 == 0);
    for (const WindowCount& window : full_windows(scenario, outcome))
      CHECK(window.ours + window.others <= window.quota);
    sum.add(scenario, outcome);
  }
  return sum;
}

TEST_CASE(
    "beside others at least 95 % of what they leave is used, and 99 % of windows see no avoidable 429") {
  for (const double share : {1.0, 0.9}) {
    std::int64_t windows = 0;
    std::int64_t with_avoidable_429 = 0;
    for (const std::int64_t quota : {150, 450}) {
      for (const int latency_ms : {50, 200, 600}) {
        for (const double load : {0.3, 0.5, 0.8}) {
          for (const bool on_and_off : {false, true}) {
            INFO("share " << share << ", quota " << quota << ", latency " << latency_ms << " ms, others "
                          << load << (on_and_off ? ", on and off" : ""));
            const Sum sum = run_beside({share, quota, latency_ms, load, on_and_off}, 30);
            CHECK(sum.used >= 0.95 * sum.left_for_us);
            windows += sum.windows;
            with_avoidable_429 += sum.with_avoidable_429;
          }
        }
      }
    }
    INFO("share " << share);
    CHECK(windows > 8'000);
    CHECK(static_cast<double>(with_avoidable_429) <= 0.01 * static_cast<double>(windows));
  }
}

TEST_CASE("at the default share, others that take a third cost no 429 at all") {
  for (const bool on_and_off : {false, true}) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
      Scenario scenario = beside({0.9, 450, 200, 0.3, on_and_off}, seed);
      scenario.pacer.connections = 10;
      INFO(describe(scenario));
      CHECK(simulate(scenario).refused == 0);
    }
  }
}

TEST_CASE("what others give up is taken back within a window") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Scenario scenario = beside({0.9, 450, 200, 0.8, false}, seed);
    // It never comes back: the spell without it is longer than the run.
    scenario.others.front().mean_on = seconds(100);
    scenario.others.front().mean_off = std::chrono::hours(1000);
    scenario.others.resize(1);
    INFO(describe(scenario));
    const auto full = full_windows(scenario, simulate(scenario));
    for (std::size_t n = 1; n < full.size(); ++n) {
      if (full[n].others == 0 && full[n - 1].others == 0) CHECK(full[n].ours >= 401);
    }
  }
}

TEST_CASE(
    "others that draw in batches, up to a third of the quota at once, are not taken to go on like that") {
  for (const double share : {1.0, 0.9}) {
    Sum sum;
    for (const std::int64_t quota : {150, 450}) {
      for (const int part : {3, 10, 30}) {
        for (std::uint64_t seed = 1; seed <= 30; ++seed) {
          Scenario scenario = beside({share, quota, 200, 0.3, false}, seed);
          OtherApp app;
          app.at_once = static_cast<int>(quota) / part;
          app.per_second = 0.4 * static_cast<double>(quota) / 30 / app.at_once;
          scenario.others = {app};
          INFO(describe(scenario));
          const Outcome outcome = simulate(scenario);
          CHECK(outcome.early_after_429 == 0);
          sum.add(scenario, outcome);
        }
      }
    }
    INFO("share " << share);
    CHECK(sum.used >= 0.95 * sum.left_for_us);
    CHECK(static_cast<double>(sum.with_avoidable_429) <= 0.01 * static_cast<double>(sum.windows));
  }
}

TEST_CASE("others that take everything leave us a few questions a window, not a 429 each") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const Scenario scenario = beside({0.9, 150, 200, 1.5, false}, seed);
    INFO(describe(scenario));
    const Outcome outcome = simulate(scenario);
    CHECK(outcome.consecutive_429 == 0);
    CHECK(outcome.refused <= static_cast<std::int64_t>(outcome.windows.size()));
    CHECK(outcome.departures.size() >= outcome.windows.size());
  }
}

TEST_CASE("while nobody else draws, nothing is expected of others, whatever has been read") {
  OtherClients others;
  CHECK(MovingRate().per_second() == 0);
  others.begin_window(start, seconds(30));
  // The store counted three of ours that were under way out of order.
  others.on_reading(start + seconds(1), {0, 2, 3});
  CHECK_FALSE(others.are_there());
  CHECK(others.drawn() == 0);
  CHECK(others.expected_by(start + seconds(30)) == 0);
  CHECK(others.feared_by(start + seconds(30)) == 0);
}

TEST_CASE("without a quota there is no budget") {
  CHECK(QuotaWindow(0.9, Shape::even).budget() == 0);
}

}  // namespace
