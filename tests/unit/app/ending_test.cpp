#include <doctest/doctest.h>

#include "run/ending.hpp"

using namespace consent_sync;
using consent::Outcome;

TEST_CASE("the exit code is never rosier than the rows: only outcomes that are ok give 0") {
  for (const Outcome outcome : consent::all_outcomes) {
    ledger::OutcomeCounts counts;
    counts[Outcome::applied] = 1000;
    counts[outcome] += 1;
    CAPTURE(std::string(to_string(outcome)));
    CHECK((app::exit_code_of(counts) == app::ExitCode::ok) ==
          (classify(outcome) == consent::OutcomeClass::ok));
  }
  CHECK(app::exit_code_of(ledger::OutcomeCounts()) == app::ExitCode::ok);
}
