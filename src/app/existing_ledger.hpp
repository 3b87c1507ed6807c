#pragma once

#include <memory>

#include <consent_sync/ledger/ledger.hpp>

#include "config.hpp"

namespace consent_sync::app {

/// Opens the ledger for a command that only reads: it makes none. Throws Failure (usage) when there is none,
/// and ledger::LedgerError.
std::unique_ptr<ledger::Ledger> open_existing_ledger(const Config& config);

}  // namespace consent_sync::app
