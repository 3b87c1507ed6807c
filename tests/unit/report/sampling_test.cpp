#include "sampling.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace consent_sync;
using namespace consent_sync::report;
using consent::Outcome;

TEST_CASE("Wilson's interval, against published values") {
  // Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
  CHECK(wilson(81, 263).low == doctest::Approx(0.2553).epsilon(0.001));
  CHECK(wilson(81, 263).high == doctest::Approx(0.3662).epsilon(0.001));
  CHECK(wilson(15, 148).low == doctest::Approx(0.0624).epsilon(0.001));
  CHECK(wilson(15, 148).high == doctest::Approx(0.1605).epsilon(0.001));
  CHECK(wilson(0, 20).low == 0);
  CHECK(wilson(0, 20).high == doctest::Approx(0.1611).epsilon(0.001));
  CHECK(wilson(1, 29).low == doctest::Approx(0.0061).epsilon(0.01));
  CHECK(wilson(1, 29).high == doctest::Approx(0.1718).epsilon(0.001));
  CHECK(wilson(20, 20).high == 1);
  CHECK(wilson(0, 0).low == 0);
  CHECK(wilson(0, 0).high == 1);
}

TEST_CASE("the interval holds the true share about as often as it says") {
  std::mt19937 random(11);
  for (const double share : {0.02, 0.2, 0.5}) {
    int held = 0;
    for (int round = 0; round < 2000; ++round) {
      const auto found = static_cast<std::uint64_t>(std::binomial_distribution<int>(200, share)(random));
      const Interval interval = wilson(found, 200);
      held += interval.low <= share && share <= interval.high ? 1 : 0;
    }
    CAPTURE(share);
    CHECK(held > 1860);  // 1900 expected; Wilson's true coverage is a little off 95 % here and there
  }
}

TEST_CASE("an audit of all knows the share, one of a sample its interval, and a sync has none") {
  ledger::Run run;
  const ledger::CustomerEnds ends{0, 90, 10};
  CHECK_FALSE(estimate_drift(run, ends));
  run.mode = ledger::Mode::audit;
  run.sample = ledger::Sample{100, 100, 0};
  CHECK(estimate_drift(run, ends)->interval.low == doctest::Approx(0.1));
  CHECK(estimate_drift(run, ends)->interval.high == doctest::Approx(0.1));
  run.sample = ledger::Sample{5000, 100, 7};
  CHECK(estimate_drift(run, ends)->share == doctest::Approx(0.1));
  CHECK(estimate_drift(run, ends)->interval.low < 0.1);
  CHECK(estimate_drift(run, ends)->interval.high > 0.1);
}
