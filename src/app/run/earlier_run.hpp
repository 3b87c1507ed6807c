#pragma once

#include <string>

#include <consent_sync/ledger/ledger.hpp>

#include "../settings/config.hpp"

namespace consent_sync::app {

/// Ends the program (ExitCode::usage): "SENTENCE; nothing was sent".
[[noreturn]] void refuse_to_go_on(const std::string& sentence);

/// The run that a command goes on from, which has to be of the store of the job. Refuses what is none.
ledger::Run find_earlier_run(ledger::Ledger& ledger, const Config& config, const ledger::RunId& id);

/// A plan is carried out once; the run that does so may be unfinished. Refuses one that was.
void require_unused(ledger::Ledger& ledger, const ledger::RunId& plan);

}  // namespace consent_sync::app
