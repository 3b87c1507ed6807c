#pragma once

#include <consent_sync/ledger/ledger.hpp>

#include "../config.hpp"
#include "../terminal.hpp"
#include "signals.hpp"

namespace consent_sync::app {

/// A run whose plan is whole, ready to be sent or to be reported.
struct StagedRun {
  ledger::Run run;
  bool resumed = false;
  std::string limit_exceeded;  ///< a safety limit: nothing may be sent
};

/// Reads the whole input into the ledger and plans it. When an earlier run over the same input was left open,
/// that run is taken up again in its place; one over another input is abandoned. Throws input::FileError,
/// ledger::LedgerError, and Failure when a signal asked for the end.
StagedRun stage_run(ledger::Ledger& ledger, const Config& config, Terminal& terminal, Signals& signals);

}  // namespace consent_sync::app
