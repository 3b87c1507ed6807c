#pragma once

#include <string>
#include <vector>

#include <consent_sync/ledger/ledger.hpp>

#include "../settings/config.hpp"

namespace consent_sync::app {

/// The runs of a store that ended longer ago than `ledger_keep`, and that no later run goes by. None where
/// runs are kept for good.
std::vector<ledger::RunId> outdated_runs(ledger::Ledger& ledger, const Config& config,
                                         const std::string& store);

/// Removes them after a run, which has ended well or badly without: what cannot be removed is warned of.
void prune_after_run(ledger::Ledger& ledger, const Config& config);

}  // namespace consent_sync::app
