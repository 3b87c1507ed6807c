#include "ending.hpp"

#include <chrono>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <consent_sync/report/accounting.hpp>
#include <consent_sync/report/report.hpp>
#include <consent_sync/report/summary_text.hpp>

#include "../figures.hpp"
#include "../standard_output.hpp"

namespace consent_sync::app {

ExitCode exit_code_of(const ledger::OutcomeCounts& counts) {
  return counts.of_class(consent::OutcomeClass::ok) == counts.total() ? ExitCode::ok : ExitCode::problems;
}

namespace {

std::string describe_counts(const ledger::OutcomeCounts& counts) {
  std::string text;
  for (const consent::Outcome outcome : consent::all_outcomes) {
    if (counts[outcome] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", show_count(counts[outcome]), to_string(outcome));
  }
  return text.empty() ? "no rows" : text;
}

bool tells_people(const Config& config) {
  return !config.quiet && !config.supervised_since;
}

// The summary is all that there is to read when the report cannot be written.
std::filesystem::path write_report(ledger::Ledger& ledger, const ledger::RunId& id, const Config& config,
                                   const std::string& summary, consent::Timestamp now) {
  try {
    return report::write_report(ledger, id, config.report.dir, config.report.outcomes);
  } catch (const report::ReportError& problem) {
    ledger.end_run(id, static_cast<int>(ExitCode::not_recorded), "the report could not be written", now);
    print_last(summary);
    throw Failure(ExitCode::not_recorded,
                  fmt::format("{} The run is in the ledger: consent-sync report {} writes its report",
                              problem.what(), id));
  }
}

}  // namespace

Conclusion conclude_run(ledger::Ledger& ledger, const ledger::RunId& id, const Config& config, ExitCode code,
                        const std::string& stop_reason, Terminal& terminal) {
  terminal.status("writing the report");
  const auto now = consent::now();
  ledger.end_run(id, static_cast<int>(code), stop_reason, now);
  const ledger::OutcomeCounts counts = ledger.recount(id);
  const ledger::Run run = ledger.find_run(id).value();
  if (const std::optional<std::string> wrong = report::check_accounts(run, counts)) {
    spdlog::error(
        "the accounts of run {} do not add up: {}. This is a defect of consent-sync; please report it", id,
        *wrong);
    code = ExitCode::defect;
    ledger.end_run(id, static_cast<int>(code), *wrong, now);
  }
  terminal.status("");
  std::string told;
  if (tells_people(config)) told = report::summary_text(run, report::totals_of(ledger, id, counts));
  const std::filesystem::path directory = write_report(ledger, id, config, told, now);
  const std::string page = (directory / "report.html").string();
  if (tells_people(config)) told += fmt::format("Report: {}\n", page);
  if (config.supervised_since) told = directory.string() + "\n";
  spdlog::log(code == ExitCode::ok ? spdlog::level::info : spdlog::level::warn,
              "run {} ended with exit code {}: {}; report: {}", id, static_cast<int>(code),
              describe_counts(counts), page);
  return {code, told};
}

}  // namespace consent_sync::app
