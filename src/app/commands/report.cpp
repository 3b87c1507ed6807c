#include <fmt/format.h>

#include <consent_sync/report/report.hpp>

#include "commands.hpp"
#include "existing_ledger.hpp"

namespace consent_sync::app {

ExitCode report_command(const Config& config, const std::string& run_id) {
  const std::unique_ptr<ledger::Ledger> ledger = open_existing_ledger(config);
  if (!ledger->find_run(run_id)) {
    throw Failure(ExitCode::usage, fmt::format("{} has no run {}; consent-sync runs lists them",
                                               ledger::describe_location(config.ledger), run_id));
  }
  const std::filesystem::path directory =
      report::write_report(*ledger, run_id, config.report.dir, config.report.outcomes);
  fmt::print("{}\n", (directory / "report.html").string());
  return ExitCode::ok;
}

}  // namespace consent_sync::app
