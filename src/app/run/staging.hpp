#pragma once

#include <consent_sync/ledger/ledger.hpp>

#include "../config.hpp"
#include "../terminal.hpp"

namespace consent_sync::app {

/// A run whose plan is whole.
struct StagedRun {
  ledger::Run run;
  std::string limit_exceeded;  ///< the safety limits it exceeds: its plan is not committed
};

/// Reads the whole input into the ledger and plans it. When an earlier run over the same input was left open,
/// that run is taken up again in its place; one over another input is abandoned. Throws input::FileError,
/// ledger::LedgerError, and Failure when the ledger knows the store at another address.
StagedRun stage_run(ledger::Ledger& ledger, const Config& config, Terminal& terminal);

}  // namespace consent_sync::app
