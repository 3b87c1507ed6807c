#pragma once

#include <memory>
#include <string>

#include <consent_sync/ledger/ledger.hpp>

#include "../settings/config.hpp"

namespace consent_sync::app {

/// There is a ledger where the configuration has it.
bool has_ledger(const Config& config);

/// Opens the ledger for a command that only reads: it makes none. Throws Failure (usage) when there is none,
/// and ledger::LedgerError.
std::unique_ptr<ledger::Ledger> open_existing_ledger(const Config& config);

/// The store that a question to the ledger is about: the configuration's, or else the only one that the
/// ledger knows. Throws Failure (usage) when that is not clear.
std::string store_in_question(ledger::Ledger& ledger, const Config& config);

}  // namespace consent_sync::app
