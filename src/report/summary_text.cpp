#include <consent_sync/report/summary_text.hpp>

#include <fmt/format.h>

#include "outcome_words.hpp"
#include "settings_text.hpp"
#include "traffic_figures.hpp"
#include "verdict.hpp"
#include "wording.hpp"

namespace consent_sync::report {
namespace {

using consent::OutcomeClass;

std::string line(std::string_view name, std::uint64_t value, std::string_view note) {
  return fmt::format("  {:<12}{:>12}{}{}\n", name, number(value), note.empty() ? "" : "   ", note);
}

std::string outcome_lines(ledger::Mode mode, const ledger::OutcomeCounts& counts) {
  std::string lines;
  for (const consent::Outcome outcome : listed_outcomes(mode, counts)) {
    if (counts[outcome] != 0) lines += line(consent::to_string(outcome), counts[outcome], "");
  }
  const auto problems = counts.of_class(OutcomeClass::problem);
  lines += line("rows", counts.total(),
                fmt::format("= {} ok + {} + {} unfinished", number(counts.of_class(OutcomeClass::ok)),
                            count_of(problems, "problem", "problems"),
                            number(counts.of_class(OutcomeClass::unfinished))));
  return lines;
}

std::string change_line(const ledger::ChangeCounts& changes) {
  return line("changes", changes.changes,
              fmt::format("{} take a consent away, {} grant one", number(changes.withdrawing),
                          number(changes.granting)));
}

std::string forecast_line(const ledger::Forecast& forecast) {
  if (forecast.requests == 0) return line("would send", 0, "");
  std::string note = forecast.duration.count() == 0 ? "without a quota" : duration_words(forecast.duration);
  if (forecast.quota != 0) {
    note += fmt::format(" at {:g} of {} {} in {}", forecast.share,
                        forecast.quota_is_the_stores ? "the store's" : "assumed",
                        count_of(forecast.quota, "request", "requests"), duration_words(forecast.window));
  }
  return line("would send", forecast.requests, note);
}

std::string late_line(const ledger::Lateness& late) {
  return line("late", late.changes,
              fmt::format("{}, {} for {}, if they were sent from now",
                          count_of(late.withdrawals, "withdrawal", "withdrawals"),
                          count_of(late.changes - late.withdrawals, "grant", "grants"),
                          consent::to_rfc3339(late.deadline)));
}

std::string request_line(const ledger::Traffic& traffic) {
  std::string note = fmt::format("{} PUT, {} GET, {} retried, {} throttled", number(traffic.put),
                                 number(traffic.get), number(traffic.retried), number(traffic.throttled));
  if (traffic.latency.count() != 0) {
    note += fmt::format("; half within {}, 95 % within {}", latency_words(traffic.latency.quantile(0.50)),
                        latency_words(traffic.latency.quantile(0.95)));
  }
  return line("requests", requests_sent(traffic), note);
}

}  // namespace

std::string summary_text(const ledger::Run& run, const RunTotals& totals) {
  const auto& [counts, changes, customers] = totals;
  const Verdict verdict = judge_run(run, totals);
  std::string text = verdict.headline + '\n';
  if (!verdict.detail.empty()) text += verdict.detail + '\n';
  text += '\n' + outcome_lines(run.mode, counts);
  if (changes.changes != 0 && run.mode != ledger::Mode::audit) text += change_line(changes);
  if (run.forecast) text += forecast_line(*run.forecast);
  if (run.forecast && run.forecast->late) text += late_line(*run.forecast->late);
  if (requests_sent(run.traffic) != 0) text += request_line(run.traffic);
  const bool is_plan = run.mode == ledger::Mode::dry_run && run.state == ledger::RunState::finished;
  if (is_plan && counts[consent::Outcome::would_apply] != 0) {
    text += fmt::format("\nTo make exactly these changes: {}\n",
                        with_files_of(run.settings, "consent-sync apply " + run.id));
  }
  return text;
}

}  // namespace consent_sync::report
