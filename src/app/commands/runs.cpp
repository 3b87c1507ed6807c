#include <fmt/format.h>

#include "../existing_ledger.hpp"
#include "../progress_view.hpp"
#include "commands.hpp"

namespace consent_sync::app {
namespace {

std::string show_end(const ledger::Run& run) {
  if (!run.ended_at) return run.state == ledger::RunState::open ? "not ended" : "";
  return show_time(std::chrono::duration_cast<std::chrono::milliseconds>(*run.ended_at - run.started_at));
}

}  // namespace

ExitCode runs_command(const Config& config, std::size_t limit) {
  const std::unique_ptr<ledger::Ledger> ledger = open_existing_ledger(config);
  const std::vector<ledger::Run> runs = ledger->runs(limit);
  if (runs.empty())
    fmt::print("{} has no runs yet\n", config.ledger);
  else
    fmt::print("{:<24} {:<8} {:<12} {:<9} {:>12} {:>10} {:>9} {:>11} {:>9} {:>4}\n", "run", "mode", "store",
               "state", "rows", "applied", "problems", "unfinished", "duration", "exit");
  for (const ledger::Run& run : runs) {
    const ledger::OutcomeCounts counts = ledger->counts(run.id);
    fmt::print("{:<24} {:<8} {:<12} {:<9} {:>12} {:>10} {:>9} {:>11} {:>9} {:>4}\n", run.id,
               to_string(run.mode), run.store, to_string(run.state), show_count(counts.total()),
               show_count(counts[consent::Outcome::applied]),
               show_count(counts.of_class(consent::OutcomeClass::problem)),
               show_count(counts.of_class(consent::OutcomeClass::unfinished)), show_end(run),
               run.exit_code ? std::to_string(*run.exit_code) : "");
  }
  return ExitCode::ok;
}

}  // namespace consent_sync::app
