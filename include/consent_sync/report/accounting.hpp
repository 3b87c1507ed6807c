#pragma once

#include <optional>
#include <string>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/ledger/run.hpp>

namespace consent_sync::report {

/// Do the accounts of a run add up? Every row that was read has one outcome, of a kind that the run's mode
/// and state allow, and the exit code is no rosier than the rows. Nothing when all is well, else a sentence
/// that names the numbers that disagree: a defect of ours, never the user's (exit code 10). A run that is
/// still staging has no accounts yet.
std::optional<std::string> check_accounts(const ledger::Run& run, const ledger::OutcomeCounts& counts);

}  // namespace consent_sync::report
