#pragma once

#include <consent_sync/ledger/run.hpp>

#include "../settings/config.hpp"
#include "../settings/settings_in_force.hpp"

namespace consent_sync::app {

/// `config` with the rules, the limits, the pace and the report of an earlier run: its settings input.*,
/// policy.*, safety.*, rate.* and report.*, as the ledger has them. What the command line or the environment
/// says stands over them. Which input is read stays as it is. Throws Failure (usage).
Config with_settings_of(const ledger::Run& run, const Words& words, Config config);

}  // namespace consent_sync::app
