#include <spdlog/spdlog.h>

#include "../existing_ledger.hpp"
#include "../run/carrying_out.hpp"
#include "../run/undoing.hpp"
#include "commands.hpp"

namespace consent_sync::app {

namespace {

ExitCode nothing_to_resume(const Config& config) {
  spdlog::info("no run of store {} is unfinished: there is nothing to resume", config.store.hash);
  return ExitCode::ok;
}

}  // namespace

ExitCode resume_command(const Config& config, Terminal& terminal) {
  if (config.dry_run) {
    throw Failure(ExitCode::usage,
                  "--dry-run: an unfinished run is planned already; its report says what is left");
  }
  if (config.supervised_since && !has_ledger(config)) return nothing_to_resume(config);
  Task task;
  task.resumes = true;
  bool is_undo = false;
  {
    const std::unique_ptr<ledger::Ledger> ledger = open_existing_ledger(config);
    const std::optional<ledger::Run> open = ledger->open_run(config.store.hash, ledger::Mode::sync);
    if (!open) return nothing_to_resume(config);
    is_undo = !open->undoes.empty();
  }
  return carry_out(is_undo ? config_for_undo(config) : config, task, terminal);
}

}  // namespace consent_sync::app
