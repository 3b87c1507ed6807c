#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "../run/carrying_out.hpp"
#include "../run/earlier_run.hpp"
#include "../run/rules.hpp"
#include "../run/settings_of_run.hpp"
#include "../run/undoing.hpp"
#include "../settings/settings.hpp"
#include "commands.hpp"
#include "existing_ledger.hpp"

namespace consent_sync::app {
namespace {

ledger::Run find_plan(ledger::Ledger& ledger, const Config& config, const ledger::RunId& id) {
  ledger::Run plan = find_earlier_run(ledger, config, id);
  if (plan.mode != ledger::Mode::dry_run)
    refuse_to_go_on(fmt::format("run {} is no dry run: it has no plan to carry out", id));
  if (plan.state != ledger::RunState::finished) {
    refuse_to_go_on(
        fmt::format("the plan of run {} was never finished, or exceeds a safety limit: plan anew", id));
  }
  return plan;
}

// They are the plan's own, unless a flag or the environment says otherwise.
void require_same_rules(const ledger::Run& plan, const Config& config) {
  const std::string difference = first_difference(rules_of(plan.settings), rules_of(describe(config)));
  if (difference.empty()) return;
  refuse_to_go_on(fmt::format("plan {} was made under other rules ({}): leave them out, or plan anew",
                              plan.id, difference));
}

/// The settings with which the plan's own input is read again.
Config config_for(const ledger::Run& plan, Config settings) {
  if (settings.dry_run)
    spdlog::info("dry_run is set in a file: it was for the plan, which is carried out now");
  settings.dry_run = false;
  settings.online = false;
  if (!plan.undoes.empty()) return config_for_undo(std::move(settings));
  if (!settings.input.path.empty()) return settings;
  if (plan.input.path == "-") {
    refuse_to_go_on(
        fmt::format("plan {} was made of standard input: name the input, or - once more", plan.id));
  }
  settings.input.path = plan.input.path;
  return settings;
}

}  // namespace

ExitCode apply_command(const Config& config, const Words& words, const ledger::RunId& id,
                       Terminal& terminal) {
  Config settings;
  Task task;
  task.plan = id;
  {
    const std::unique_ptr<ledger::Ledger> ledger = open_existing_ledger(config);
    const ledger::Run plan = find_plan(*ledger, config, id);
    settings = config_for(plan, with_settings_of(plan, words, config));
    task.undoes = plan.undoes;
    require_same_rules(plan, settings);
    require_unused(*ledger, id);
    task.plan_sha256 = plan.input.sha256;
  }
  return carry_out(settings, task, terminal);
}

}  // namespace consent_sync::app
