#pragma once

#include <optional>
#include <string>

#include <consent_sync/ledger/ledger.hpp>

#include "../settings/config.hpp"
#include "../terminal.hpp"

namespace consent_sync::app {

/// What a run is for.
struct Task {
  ledger::Mode mode = ledger::Mode::sync;
  ledger::RunId plan = {};       ///< the dry run whose plan it carries out; empty: it makes its own
  std::string plan_sha256 = {};  ///< of the input that the plan was made of
  ledger::RunId undoes = {};     ///< the run whose changes are the input; empty: the configuration names it
  bool resumes = false;          ///< no input is read: the store's open run is taken up
};

/// A run whose input has been read to its end.
struct StagedRun {
  ledger::Run run;
  std::optional<consent::Composition> composition;  ///< of an input in long form
  bool is_resumed = false;  ///< it was planned by an earlier process; else it has to be planned now
  bool is_by_email =
      false;  ///< rows may be known by an e-mail address: whose they are is to be found out first
  std::optional<ledger::Run> unfinished =
      std::nullopt;  ///< an open run over other work, still to be replaced
};

/// Reads the whole input into the ledger. When an earlier run over the same input was left open, that run is
/// taken up again in its place. Throws input::FileError, ledger::LedgerError, and Failure when the ledger
/// knows the store at another address, the input is not the plan's, or the open run has to be finished first.
StagedRun stage_run(ledger::Ledger& ledger, const Config& config, const Task& task, Terminal& terminal);

/// The store's open run, taken up as it was planned. The ledger has one. Throws as stage_run() does.
StagedRun stage_unfinished(ledger::Ledger& ledger, const Config& config);

}  // namespace consent_sync::app
