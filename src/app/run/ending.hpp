#pragma once

#include <optional>
#include <string>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/sync/engine.hpp>

#include "../exit_code.hpp"
#include "../settings/config.hpp"
#include "../terminal.hpp"

namespace consent_sync::app {

/// The exit code of a run that was not stopped: never rosier than its rows.
ExitCode exit_code_of(const ledger::OutcomeCounts& counts);

/// What became of a run.
struct Conclusion {
  ExitCode code;     ///< `defect` when the accounts do not add up
  std::string told;  ///< what whoever started it is told once all is done
};

/// Closes a run in the ledger, checks its accounts and writes its report. Throws Failure when that cannot be
/// written.
Conclusion conclude_run(ledger::Ledger& ledger, const ledger::RunId& id, const Config& config, ExitCode code,
                        const std::string& stop_reason, Terminal& terminal);

}  // namespace consent_sync::app
