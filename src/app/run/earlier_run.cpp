#include "earlier_run.hpp"

#include <fmt/format.h>

#include <optional>

#include "../exit_code.hpp"

namespace consent_sync::app {

void refuse_to_go_on(const std::string& sentence) {
  throw Failure(ExitCode::usage, sentence + "; nothing was sent");
}

ledger::Run find_earlier_run(ledger::Ledger& ledger, const Config& config, const ledger::RunId& id) {
  std::optional<ledger::Run> run = ledger.find_run(id);
  if (!run) {
    refuse_to_go_on(fmt::format("{} has no run {}: consent-sync runs lists them",
                                ledger::describe_location(config.ledger), id));
  }
  if (run->store != config.store.hash) {
    refuse_to_go_on(fmt::format("run {} is of store {}, not of {}", id, run->store, config.store.hash));
  }
  return *std::move(run);
}

void require_unused(ledger::Ledger& ledger, const ledger::RunId& plan) {
  const std::optional<ledger::Run> used = ledger.carried_out_by(plan);
  if (!used || used->state == ledger::RunState::open) return;
  refuse_to_go_on(fmt::format("plan {} was carried out by run {}: a plan is carried out once. Plan anew",
                              plan, used->id));
}

}  // namespace consent_sync::app
