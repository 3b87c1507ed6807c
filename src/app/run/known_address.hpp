#pragma once

#include <consent_sync/ledger/ledger.hpp>

#include "../settings/config.hpp"

namespace consent_sync::app {

/// Throws Failure (usage) where the ledger knows the store at another address: what was confirmed there says
/// nothing about this one, as a sandbox may bear the real store's hash.
void require_same_address(ledger::Ledger& ledger, const Config& config);

}  // namespace consent_sync::app
