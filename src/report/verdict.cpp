#include "verdict.hpp"

#include <fmt/format.h>

#include <consent_sync/report/accounting.hpp>

#include "sampling.hpp"
#include "settings_text.hpp"
#include "wording.hpp"

namespace consent_sync::report {
namespace {

using consent::Outcome;
using consent::OutcomeClass;
using ledger::OutcomeCounts;
using ledger::Run;
using ledger::RunState;

constexpr int safety_limit = 3;  // exit code

bool is_dry(const Run& run) {
  return run.mode == ledger::Mode::dry_run;
}

std::string changes_confirmed(std::uint64_t applied) {
  return count_of(applied, "change was", "changes were") + " confirmed by the store";
}

std::string rows_need_attention(std::uint64_t problems) {
  return count_of(problems, "row needs", "rows need") + " attention";
}

Verdict judge_staging(const Run& run) {
  return {Tone::stopped, "This run stopped before its plan was made, so nothing was changed.",
          run.stop_reason.empty()
              ? "Run the same command again to start afresh."
              : sentence(run.stop_reason) + " The same command goes on; what was asked is not asked again."};
}

/// An audit with nothing else to tell of than what it found.
Verdict judge_audit(const Run& run, const RunTotals& totals) {
  const auto estimate = estimate_drift(run, totals.customers);
  if (!estimate || estimate->compared == 0) return {Tone::good, "Audit: no customer was compared.", {}};
  const std::string compared = count_of(estimate->compared, "customer", "customers");
  std::string detail;
  if (estimate->drawn < estimate->customers) {
    detail = fmt::format(
        "A sample of {} of {} customers, drawn with seed {}: of all of them {} to {} have drifted, with 95 % "
        "confidence.",
        number(estimate->drawn), number(estimate->customers), estimate->seed, percent(estimate->interval.low),
        percent(estimate->interval.high));
  }
  if (estimate->drifted == 0) {
    return {Tone::good,
            fmt::format("Audit, nothing was changed: the store agrees with the input on {}.",
                        estimate->compared == 1 ? "the one customer" : fmt::format("all {}", compared)),
            detail};
  }
  return {Tone::attention,
          fmt::format("Audit, nothing was changed: {} of {} {} drifted ({}).", number(estimate->drifted),
                      compared, estimate->drifted == 1 ? "has" : "have", percent(estimate->share)),
          detail};
}

Verdict judge_limit(const Run& run, const RunTotals& totals) {
  const std::string sent = changes_confirmed(totals.customers.applied);
  return {Tone::stopped,
          run.traffic.put == 0 ? std::string("Nothing was sent: a safety limit stopped this run.")
                               : fmt::format("A safety limit stopped this run after its canary: {}.", sent),
          sentence(run.stop_reason)};
}

/// Exit codes 2 (configuration) and 4 (token) mean that somebody has to put something right
/// first.
std::string how_to_finish(const Run& run) {
  const bool needs_mending = run.exit_code && (*run.exit_code == 2 || *run.exit_code == 4);
  return needs_mending
             ? "Once that is put right, run the same command again to finish."
             : "Run the same command again to finish: nothing is skipped, and nothing is counted twice.";
}

std::string why_unfinished(const Run& run) {
  if (run.state == RunState::abandoned)
    return "A run over another input has taken its place, so it will not be resumed.";
  if (!run.ended_at) return "The run is still at work, or it was cut off. " + how_to_finish(run);
  if (run.stop_reason.empty()) return how_to_finish(run);
  return sentence(run.stop_reason) + " " + how_to_finish(run);
}

Verdict judge_unfinished(const Run& run, const OutcomeCounts& counts) {
  Verdict verdict{Tone::stopped, {}, why_unfinished(run)};
  const auto left = counts.of_class(OutcomeClass::unfinished);
  verdict.headline =
      fmt::format("{}: {} of {} {} not reached.", run.ended_at ? "Stopped before the end" : "Not finished",
                  number(left), count_of(counts.total(), "row", "rows"), left == 1 ? "was" : "were");
  if (const auto problems = counts.of_class(OutcomeClass::problem); problems != 0) {
    verdict.detail += fmt::format(" So far {}.", rows_need_attention(problems));
  }
  return verdict;
}

Verdict judge_problems(const Run& run, const RunTotals& totals, std::uint64_t problems) {
  if (is_dry(run)) {
    const std::string planned = count_of(totals.changes.changes, "change would", "changes would");
    return {Tone::attention,
            fmt::format("Dry run, nothing was sent: {}; {} be sent.", rows_need_attention(problems), planned),
            {}};
  }
  const auto ok = totals.rows.of_class(OutcomeClass::ok);
  const std::string rest = ok == 0 ? "" : fmt::format("; the other {} ended well", number(ok));
  const auto applied = totals.customers.applied;
  return {Tone::attention, fmt::format("{}{}.", rows_need_attention(problems), rest),
          applied == 0 ? "" : changes_confirmed(applied) + "."};
}

/// Of what nobody asked the store, only the ledger's word can be told.
std::string nothing_sent(const Run& run) {
  const bool was_asked = setting_in(run.settings, "policy.check_store") == "all";
  return fmt::format("{}, and nothing had to be sent",
                     was_asked ? "the store was asked" : "by the ledger the store is up to date");
}

Verdict judge_good(const Run& run, const RunTotals& totals) {
  const OutcomeCounts& counts = totals.rows;
  if (counts.total() == 0) return {Tone::good, "The input has no rows, so there was nothing to do.", {}};
  const std::string all =
      counts.total() == 1 ? "the one row" : fmt::format("all {} rows", number(counts.total()));
  if (is_dry(run)) {
    const auto planned = totals.changes.changes;
    const std::string what = planned == 0
                                 ? "nothing would have to be sent"
                                 : count_of(planned, "change would be sent", "changes would be sent");
    return {Tone::good, fmt::format("Dry run, nothing was sent: {} can be used, and {}.", all, what), {}};
  }
  const auto applied = totals.customers.applied;
  const std::string what = applied == 0 ? nothing_sent(run) : changes_confirmed(applied);
  std::string headline = fmt::format("{} ended well: {}.", all, what);
  headline.front() = counts.total() == 1 ? 'T' : 'A';
  return {Tone::good, headline, {}};
}

}  // namespace

std::string_view to_string(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "good";
    case Tone::attention:
      return "attention";
    case Tone::stopped:
      return "stopped";
    case Tone::defect:
      return "defect";
  }
  return "";
}

std::string_view badge_of(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "All well";
    case Tone::attention:
      return "Needs attention";
    case Tone::stopped:
      return "Not finished";
    case Tone::defect:
      return "Do not rely on this";
  }
  return "";
}

Verdict judge_run(const Run& run, const RunTotals& totals) {
  const OutcomeCounts& counts = totals.rows;
  if (const auto problem = check_accounts(run, counts)) {
    return {Tone::defect, fmt::format("The accounts of this run do not add up: {}.", *problem),
            "This is a defect of consent-sync: do not rely on the run, and report it with this directory."};
  }
  if (run.exit_code == safety_limit) return judge_limit(run, totals);
  if (run.state == RunState::staging) return judge_staging(run);
  if (counts.of_class(OutcomeClass::unfinished) != 0) return judge_unfinished(run, counts);
  const auto unreadable = counts.of_class(OutcomeClass::problem) - counts[Outcome::drifted];
  if (run.mode == ledger::Mode::audit && unreadable == 0) return judge_audit(run, totals);
  if (run.mode == ledger::Mode::audit) {
    Verdict verdict = judge_audit(run, totals);
    verdict.tone = Tone::attention;
    verdict.headline += fmt::format(" Of the other rows {} {} attention.", number(unreadable),
                                    unreadable == 1 ? "needs" : "need");
    return verdict;
  }
  if (const auto problems = counts.of_class(OutcomeClass::problem))
    return judge_problems(run, totals, problems);
  return judge_good(run, totals);
}

}  // namespace consent_sync::report
