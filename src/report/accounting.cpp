#include <consent_sync/report/accounting.hpp>

#include <algorithm>

#include <fmt/format.h>

#include "outcome_words.hpp"
#include "wording.hpp"

namespace consent_sync::report {
namespace {

using consent::Outcome;
using consent::OutcomeClass;

std::string_view kind_of(ledger::Mode mode) {
  switch (mode) {
    case ledger::Mode::sync:
      return "a sync";
    case ledger::Mode::dry_run:
      return "a dry run";
    case ledger::Mode::audit:
      return "an audit";
  }
  return "";
}

std::optional<std::string> check_kinds(const ledger::Run& run, const ledger::OutcomeCounts& counts) {
  const auto allowed = outcomes_of(run.mode);
  for (const Outcome outcome : consent::all_outcomes) {
    if (counts[outcome] == 0 || std::ranges::find(allowed, outcome) != allowed.end()) continue;
    return fmt::format("{} ended as {}, which cannot happen in {}", count_of(counts[outcome], "row", "rows"),
                       consent::to_string(outcome), kind_of(run.mode));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> check_accounts(const ledger::Run& run, const ledger::OutcomeCounts& counts) {
  if (run.state == ledger::RunState::staging) return std::nullopt;
  if (run.input.rows != counts.total()) {
    return fmt::format("{} read, but the outcomes add up to {}",
                       count_of(run.input.rows, "row was", "rows were"), number(counts.total()));
  }
  if (auto problem = check_kinds(run, counts)) return problem;
  if (run.state == ledger::RunState::finished && counts[Outcome::pending] != 0) {
    return fmt::format("the run is finished, but {} still pending",
                       count_of(counts[Outcome::pending], "row is", "rows are"));
  }
  const auto not_ok = counts.total() - counts.of_class(OutcomeClass::ok);
  if (run.exit_code == 0 && not_ok != 0) {
    return fmt::format("the exit code is 0, but {} not end ok", count_of(not_ok, "row did", "rows did"));
  }
  return std::nullopt;
}

}  // namespace consent_sync::report
