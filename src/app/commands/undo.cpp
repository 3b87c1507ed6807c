#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "../figures.hpp"
#include "../run/carrying_out.hpp"
#include "../run/earlier_run.hpp"
#include "../run/undoing.hpp"
#include "commands.hpp"
#include "existing_ledger.hpp"

namespace consent_sync::app {
namespace {

void require_run_to_undo(ledger::Ledger& ledger, const Config& config, const ledger::RunId& id) {
  const ledger::Run run = find_earlier_run(ledger, config, id);
  if (run.mode != ledger::Mode::sync)
    refuse_to_go_on(fmt::format("run {} sent nothing: there is nothing to undo", id));
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
