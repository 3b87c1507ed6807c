#include <utility>

#include <spdlog/spdlog.h>

#include "../run/carrying_out.hpp"
#include "../run/settings_of_run.hpp"
#include "../run/undoing.hpp"
#include "../run/unfinished.hpp"
#include "commands.hpp"
#include "existing_ledger.hpp"

namespace consent_sync::app {

ExitCode resume_command(const Config& config, const Words& words, Terminal& terminal) {
  if (asks_for_dry_run(words)) {
    throw Failure(ExitCode::usage,
                  "--dry-run: an unfinished run is planned already; its report says what is left");
  }
  if (config.supervised_since && !has_ledger(config)) return nothing_to_resume(config);
  Task task;
  task.resumes = true;
  Config settings;
  {
    const std::unique_ptr<ledger::Ledger> ledger = open_existing_ledger(config);
    const std::optional<ledger::Run> open = ledger->open_run(config.store.hash, ledger::Mode::sync);
    if (!open) return nothing_to_resume(config);
    settings = with_settings_of(*open, words, config);
    // A job's file may have it from the plan that was looked at first.
    settings.dry_run = false;
    if (!open->undoes.empty()) settings = config_for_undo(std::move(settings));
  }
  return carry_out(settings, task, terminal);
}

}  // namespace consent_sync::app
