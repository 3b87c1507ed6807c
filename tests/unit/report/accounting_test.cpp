#include <consent_sync/report/accounting.hpp>

#include <doctest/doctest.h>

#include "contains.hpp"
#include "report_fixture.hpp"

using namespace consent_sync;
using consent::Outcome;
using report::check_accounts;
using test::mentions;

namespace {

ledger::Run run_over(std::uint64_t rows, ledger::RunState state, ledger::Mode mode = ledger::Mode::sync) {
  ledger::Run run = example_run(mode);
  run.input.rows = rows;
  run.state = state;
  return run;
}

}  // namespace

TEST_CASE("accounts in which every row has an outcome add up") {
  ledger::OutcomeCounts counts;
  counts[Outcome::applied] = 3;
  counts[Outcome::invalid] = 2;
  CHECK_FALSE(check_accounts(run_over(5, ledger::RunState::finished), counts));
  CHECK_FALSE(check_accounts(run_over(0, ledger::RunState::finished), ledger::OutcomeCounts()));
}

TEST_CASE("a row too many or too few is told with both numbers") {
  ledger::OutcomeCounts counts;
  counts[Outcome::applied] = 4811;
  const auto missing = check_accounts(run_over(4812, ledger::RunState::finished), counts);
  CHECK(mentions(missing, "4,812 rows were read"));
  CHECK(mentions(missing, "add up to 4,811"));
  CHECK(check_accounts(run_over(4810, ledger::RunState::finished), counts));
}

TEST_CASE("a finished run has no pending rows, an open one may") {
  ledger::OutcomeCounts counts;
  counts[Outcome::pending] = 1;
  CHECK(mentions(check_accounts(run_over(1, ledger::RunState::finished), counts), "1 row is still pending"));
  CHECK_FALSE(check_accounts(run_over(1, ledger::RunState::open), counts));
  CHECK_FALSE(check_accounts(run_over(1, ledger::RunState::abandoned), counts));
}

TEST_CASE("a mode has its own outcomes and no others") {
  for (const Outcome outcome : consent::all_outcomes) {
    ledger::OutcomeCounts counts;
    counts[outcome] = 1;
    const bool planned_only = outcome == Outcome::would_apply || outcome == Outcome::unresolved;
    // A dry run may ask which customers exist.
    const bool sent = outcome == Outcome::applied || outcome == Outcome::rejected ||
                      outcome == Outcome::mismatch || outcome == Outcome::failed ||
                      outcome == Outcome::unknown;
    const bool audit =
        outcome == Outcome::in_sync || outcome == Outcome::drifted || outcome == Outcome::not_sampled;
    CAPTURE(consent::to_string(outcome));
    CHECK(check_accounts(run_over(1, ledger::RunState::open), counts).has_value() == (planned_only || audit));
    CHECK(check_accounts(run_over(1, ledger::RunState::open, ledger::Mode::dry_run), counts).has_value() ==
          (sent || audit));
  }
}

TEST_CASE("exit code 0 is only for runs in which every row ended ok") {
  ledger::OutcomeCounts counts;
  counts[Outcome::applied] = 9;
  counts[Outcome::failed] = 1;
  ledger::Run run = run_over(10, ledger::RunState::finished);
  run.exit_code = 0;
  CHECK(mentions(check_accounts(run, counts), "1 row did not end ok"));
  run.exit_code = 1;
  CHECK_FALSE(check_accounts(run, counts));
}

TEST_CASE("a run that is still staging has no accounts to check") {
  ledger::OutcomeCounts counts;
  counts[Outcome::pending] = 7;
  CHECK_FALSE(check_accounts(run_over(0, ledger::RunState::staging), counts));
}
