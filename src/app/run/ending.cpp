#include "ending.hpp"

#include <chrono>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <consent_sync/report/accounting.hpp>
#include <consent_sync/report/report.hpp>
#include <consent_sync/report/summary_text.hpp>

namespace consent_sync::app {

ExitCode exit_code_of(const ledger::OutcomeCounts& counts) {
  return counts.of_class(consent::OutcomeClass::ok) == counts.total() ? ExitCode::ok : ExitCode::problems;
}

namespace {

std::filesystem::path write_report(ledger::Ledger& ledger, const ledger::RunId& id, const Config& config,
                                   consent::Timestamp now) {
  try {
    return report::write_report(ledger, id, config.report.dir);
  } catch (const report::ReportError& problem) {
    ledger.end_run(id, static_cast<int>(ExitCode::not_recorded), "the report could not be written", now);
    throw Failure(ExitCode::not_recorded,
                  fmt::format("{} The run is in the ledger: consent-sync report {} writes its report",
                              problem.what(), id));
  }
}

}  // namespace

ExitCode conclude_run(ledger::Ledger& ledger, const ledger::RunId& id, const Config& config, ExitCode code,
                      const std::string& stop_reason, Terminal& terminal) {
  terminal.status("writing the report");
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  ledger.end_run(id, static_cast<int>(code), stop_reason, now);
  const ledger::OutcomeCounts counts = ledger.counts(id);
  const ledger::Run run = ledger.find_run(id).value();
  if (const std::optional<std::string> wrong = report::check_accounts(run, counts)) {
    spdlog::error(
        "the accounts of run {} do not add up: {}. This is a defect of consent-sync; please report it", id,
        *wrong);
    code = ExitCode::defect;
    ledger.end_run(id, static_cast<int>(code), *wrong, now);
  }
  const std::filesystem::path directory = write_report(ledger, id, config, now);
  terminal.status("");
  if (!config.quiet) {
    fmt::print("{}Report: {}\n", report::summary_text(run, counts, ledger.change_counts(id)),
               (directory / "report.html").string());
  }
  return code;
}

}  // namespace consent_sync::app
