#pragma once

#include <memory>
#include <string>

#include <consent_sync/input/reader.hpp>
#include <consent_sync/ledger/ledger.hpp>

#include "../settings/config.hpp"

namespace consent_sync::app {

/// The settings in force while a run is undone: whoever has changed something since wins, which takes asking
/// the store before each change; the limits that find a truncated or swapped export do not fit.
Config config_for_undo(Config config);

/// An input of the changes that a run made, from the store's history, turned round: for each, what the store
/// held before. A row's line is the sequence of its entry. A change whose before-image is not known is a row
/// that cannot be understood. `ledger` outlives it.
std::unique_ptr<input::Reader> open_changes_to_undo(ledger::Ledger& ledger, const std::string& store,
                                                    const ledger::RunId& run);

}  // namespace consent_sync::app
