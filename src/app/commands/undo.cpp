#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "../existing_ledger.hpp"
#include "../progress_view.hpp"
#include "../run/carrying_out.hpp"
#include "../run/undoing.hpp"
#include "commands.hpp"

namespace consent_sync::app {
namespace {

[[noreturn]] void refuse(const std::string& sentence) {
  throw Failure(ExitCode::usage, sentence + "; nothing was sent");
}

void require_run_to_undo(ledger::Ledger& ledger, const Config& config, const ledger::RunId& id) {
  const std::optional<ledger::Run> run = ledger.find_run(id);
  if (!run)
    refuse(fmt::format("{} has no run {}: consent-sync runs lists them",
                       ledger::describe_location(config.ledger), id));
  if (run->mode != ledger::Mode::sync)
    refuse(fmt::format("run {} sent nothing: there is nothing to undo", id));
  if (run->store != config.store.hash) {
    refuse(fmt::format("run {} is of store {}, not of {}", id, run->store, config.store.hash));
  }
}

// What was sent and never confirmed is in no history.
void tell_of_unknown(ledger::Ledger& ledger, const ledger::RunId& id) {
  const std::uint64_t unknown = ledger.counts(id)[consent::Outcome::unknown];
  if (unknown == 0) return;
  spdlog::warn(
      "{} rows of run {} ended as unknown: they may have been applied, and are not undone; an audit finds "
      "out",
      show_count(unknown), id);
}

}  // namespace

ExitCode undo_command(const Config& config, const ledger::RunId& id, Terminal& terminal) {
  const Config settings = config_for_undo(config);
  {
    const std::unique_ptr<ledger::Ledger> ledger = open_existing_ledger(settings);
    require_run_to_undo(*ledger, settings, id);
    tell_of_unknown(*ledger, id);
  }
  Task task;
  task.mode = settings.dry_run ? ledger::Mode::dry_run : ledger::Mode::sync;
  task.undoes = id;
  return carry_out(settings, task, terminal);
}

}  // namespace consent_sync::app
