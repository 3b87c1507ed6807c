#include <utility>

#include <fmt/format.h>

#include "../existing_ledger.hpp"
#include "../run/carrying_out.hpp"
#include "../run/settings_of_run.hpp"
#include "../run/undoing.hpp"
#include "commands.hpp"

namespace consent_sync::app {

namespace {

ExitCode nothing_to_resume(const Config& config, Terminal& terminal) {
  terminal.line(fmt::format("consent-sync: no run of store {} is unfinished: there is nothing to resume",
                            config.store.hash));
  return ExitCode::ok;
}

}  // namespace

ExitCode resume_command(const Config& config, const Words& words, Terminal& terminal) {
  if (config.dry_run) {
    throw Failure(ExitCode::usage,
                  "--dry-run: an unfinished run is planned already; its report says what is left");
  }
  if (config.supervised_since && !has_ledger(config)) return nothing_to_resume(config, terminal);
  Task task;
  task.resumes = true;
  Config settings;
  {
    const std::unique_ptr<ledger::Ledger> ledger = open_existing_ledger(config);
    const std::optional<ledger::Run> open = ledger->open_run(config.store.hash, ledger::Mode::sync);
    if (!open) return nothing_to_resume(config, terminal);
    settings = with_settings_of(*open, words, config);
    if (!open->undoes.empty()) settings = config_for_undo(std::move(settings));
  }
  return carry_out(settings, task, terminal);
}

}  // namespace consent_sync::app
