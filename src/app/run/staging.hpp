#pragma once

#include <optional>
#include <string>

#include <consent_sync/ledger/ledger.hpp>

#include "../config.hpp"
#include "../terminal.hpp"

namespace consent_sync::app {

/// What a run is for.
struct Task {
  ledger::Mode mode = ledger::Mode::sync;
  ledger::RunId plan = {};       ///< the dry run whose plan it carries out; empty: it makes its own
  std::string plan_sha256 = {};  ///< of the input that the plan was made of
  ledger::RunId undoes = {};     ///< the run whose changes are the input; empty: the configuration names it
};

/// A run whose input has been read to its end.
struct StagedRun {
  ledger::Run run;
  std::optional<consent::Composition> composition;  ///< of an input in long form
  bool is_resumed = false;  ///< it was planned by an earlier process; else it has to be planned now
  bool is_by_email =
      false;  ///< rows may be known by an e-mail address: whose they are is to be found out first
};

/// Reads the whole input into the ledger. When an earlier run over the same input was left open, that run is
/// taken up again in its place; one over another input is abandoned. Throws input::FileError,
/// ledger::LedgerError, and Failure when the ledger knows the store at another address or the input is not
/// the plan's.
StagedRun stage_run(ledger::Ledger& ledger, const Config& config, const Task& task, Terminal& terminal);

/// The settings that decide how bytes become rows, and rows a plan: with others the same input is other work.
std::string rules_of(const std::string& settings);

}  // namespace consent_sync::app
