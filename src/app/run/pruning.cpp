#include "pruning.hpp"

#include <spdlog/spdlog.h>

#include "../figures.hpp"

namespace consent_sync::app {

std::vector<ledger::RunId> outdated_runs(ledger::Ledger& ledger, const Config& config,
                                         const std::string& store) {
  if (config.ledger_keep.count() == 0) return {};
  return ledger.prunable_runs(store, consent::now() - config.ledger_keep);
}

void prune_after_run(ledger::Ledger& ledger, const Config& config) {
  try {
    const std::vector<ledger::RunId> outdated = outdated_runs(ledger, config, config.store.hash);
    for (const ledger::RunId& run : outdated) ledger.discard_run(run);
    if (!outdated.empty())
      spdlog::info("earlier runs that went from the ledger (ledger_keep): {}", show_count(outdated.size()));
  } catch (const ledger::LedgerError& problem) {
    spdlog::warn("runs that ledger_keep lets go are still in the ledger: {}", problem.what());
  }
}

}  // namespace consent_sync::app
