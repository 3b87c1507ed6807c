#include <consent_sync/report/summary_text.hpp>

#include <doctest/doctest.h>

#include "report_fixture.hpp"

using namespace consent_sync;
using consent::Outcome;

namespace {

ledger::Run ended_run(std::uint64_t rows, int exit_code, ledger::Mode mode = ledger::Mode::sync) {
  ledger::Run run = example_run(mode);
  run.input.rows = rows;
  run.state = exit_code <= 1 ? ledger::RunState::finished : ledger::RunState::open;
  run.exit_code = exit_code;
  run.ended_at = at("2026-11-24T05:05:12Z");
  return run;
}

/// Where each row speaks for one customer, and each change is one row's.
std::string summary_text(const ledger::Run& run, const ledger::OutcomeCounts& rows,
                         const ledger::ChangeCounts& changes) {
  return report::summary_text(
      run, {rows, changes, {rows[Outcome::applied], rows[Outcome::in_sync], rows[Outcome::drifted]}});
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

TEST_CASE("a run that went well says so, and how many changes the store confirmed") {
  ledger::OutcomeCounts counts;
  counts[Outcome::applied] = 1204;
  counts[Outcome::unchanged] = 3608;
  const std::string text = summary_text(ended_run(4812, 0), counts, {1204, 800, 500});
  CHECK(text ==
        "All 4,812 rows ended well: 1,204 changes were confirmed by the store.\n"
        "\n"
        "  applied            1,204\n"
        "  unchanged          3,608\n"
        "  rows               4,812   = 4,812 ok + 0 problems + 0 unfinished\n"
        "  changes            1,204   800 take a consent away, 500 grant one\n"
        "  requests              16   15 PUT, 1 GET, 6 retried, 2 throttled; half within 100 ms, 95 % within "
        "100 ms\n");
}

TEST_CASE("one row and one change are told in the singular") {
  ledger::OutcomeCounts counts;
  counts[Outcome::applied] = 1;
  CHECK(first_line(summary_text(ended_run(1, 0), counts, {1, 1, 0})) ==
        "The one row ended well: 1 change was confirmed by the store.");
  ledger::OutcomeCounts bad;
  bad[Outcome::invalid] = 1;
  CHECK(first_line(summary_text(ended_run(1, 1), bad, {})) == "1 row needs attention.");
}

TEST_CASE("rows that need attention are named before those that ended well") {
  ledger::OutcomeCounts counts;
  counts[Outcome::unchanged] = 4795;
  counts[Outcome::invalid] = 17;
  CHECK(first_line(summary_text(ended_run(4812, 1), counts, {})) ==
        "17 rows need attention; the other 4,795 ended well.");
}

TEST_CASE("rows that make a change together are counted as rows, and their change as one") {
  ledger::OutcomeCounts rows;
  rows[Outcome::applied] = 6;
  CHECK(first_line(report::summary_text(ended_run(6, 0), {rows, {2, 2, 0}, {2, 0, 0}})) ==
        "All 6 rows ended well: 2 changes were confirmed by the store.");
  ledger::OutcomeCounts planned;
  planned[Outcome::would_apply] = 6;
  CHECK(first_line(report::summary_text(ended_run(6, 0, ledger::Mode::dry_run), {planned, {2, 2, 0}, {}})) ==
        "Dry run, nothing was sent: all 6 rows can be used, and 2 changes would be sent.");
  ledger::OutcomeCounts compared;
  compared[Outcome::in_sync] = 6;
  ledger::Run audit = ended_run(6, 0, ledger::Mode::audit);
  audit.sample = ledger::Sample{2, 2, 0};
  CHECK(first_line(report::summary_text(audit, {compared, {}, {0, 2, 0}})) ==
        "Audit, nothing was changed: the store agrees with the input on all 2 customers.");
}

TEST_CASE("a run that stopped tells why, and what to do") {
  ledger::OutcomeCounts counts;
  counts[Outcome::applied] = 4500;
  counts[Outcome::pending] = 312;
  ledger::Run run = ended_run(4812, 5);
  run.stop_reason = "the store was unavailable for 15 minutes";
  const std::string text = summary_text(run, counts, {4812, 0, 4812});
  CHECK(first_line(text) == "Stopped before the end: 312 of 4,812 rows were not reached.");
  CHECK(text.find("The store was unavailable for 15 minutes. Run the same command again to finish") !=
        std::string::npos);

  run.exit_code = 4;
  run.stop_reason = "the store refused the token.";
  CHECK(
      summary_text(run, counts, {}).find("refused the token. Once that is put right, run the same command") !=
      std::string::npos);
}

TEST_CASE("an abandoned run does not promise that it can be resumed") {
  ledger::OutcomeCounts counts;
  counts[Outcome::pending] = 2;
  ledger::Run run = ended_run(2, 130);
  run.state = ledger::RunState::abandoned;
  const std::string text = summary_text(run, counts, {2, 0, 2});
  CHECK(text.find("will not be resumed") != std::string::npos);
  CHECK(text.find("same command again") == std::string::npos);
}

TEST_CASE("a dry run never sounds as if something had been sent") {
  ledger::OutcomeCounts counts;
  counts[Outcome::would_apply] = 1204;
  counts[Outcome::unchanged] = 3608;
  CHECK(first_line(summary_text(ended_run(4812, 0, ledger::Mode::dry_run), counts, {1204, 1204, 0})) ==
        "Dry run, nothing was sent: all 4,812 rows can be used, and 1,204 changes would be sent.");
  counts[Outcome::unchanged] -= 2;
  counts[Outcome::conflict] = 2;
  const std::string text = summary_text(ended_run(4812, 1, ledger::Mode::dry_run), counts, {1204, 1204, 0});
  CHECK(first_line(text) == "Dry run, nothing was sent: 2 rows need attention; 1,204 changes would be sent.");
  CHECK(text.find("requests") == std::string::npos);
}

TEST_CASE("a dry run tells what a deadline would come before") {
  ledger::OutcomeCounts counts;
  counts[Outcome::would_apply] = 9;
  ledger::Run run = ended_run(9, 0, ledger::Mode::dry_run);
  run.forecast.emplace();
  CHECK(summary_text(run, counts, {9, 2, 7}).find("late") == std::string::npos);
  run.forecast->late = ledger::Lateness{at("2026-11-24T06:00:00Z"), 5, 1};
  CHECK(summary_text(run, counts, {9, 2, 7})
            .find("  late                   5   1 withdrawal, 4 grants for 2026-11-24T06:00:00Z, if they "
                  "were sent from "
                  "now\n") != std::string::npos);
}

TEST_CASE("a run that its deadline ended can be finished") {
  ledger::OutcomeCounts counts;
  counts[Outcome::applied] = 1;
  counts[Outcome::pending] = 8;
  ledger::Run run = ended_run(9, 8);
  run.stop_reason = "the deadline 06:00 (2026-11-24T05:00:00Z) came before every row was reached";
  const std::string text = summary_text(run, counts, {9, 2, 7});
  CHECK(
      text.find(
          "The deadline 06:00 (2026-11-24T05:00:00Z) came before every row was reached. Run the same command "
          "again to finish") != std::string::npos);
}

TEST_CASE(
    "an empty input and a store that needs nothing have words of their own, which claim what was seen") {
  CHECK(first_line(summary_text(ended_run(0, 0), {}, {})) ==
        "The input has no rows, so there was nothing to do.");
  ledger::OutcomeCounts counts;
  counts[Outcome::unchanged] = 5;
  ledger::Run run = ended_run(5, 0);
  CHECK(first_line(summary_text(run, counts, {})) ==
        "All 5 rows ended well: by the ledger the store is up to date, and nothing had to be sent.");
  run.settings = "policy.check_store: all\n";
  CHECK(first_line(summary_text(run, counts, {})) ==
        "All 5 rows ended well: the store was asked, and nothing had to be sent.");
}

TEST_CASE("accounts that do not add up are the first thing that is said") {
  ledger::OutcomeCounts counts;
  counts[Outcome::applied] = 5;
  CHECK(first_line(summary_text(ended_run(6, 0), counts, {})) ==
        "The accounts of this run do not add up: 6 rows were read, but the outcomes add up to 5.");
}
