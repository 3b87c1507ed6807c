#pragma once

#include "../exit_code.hpp"
#include "../settings/config.hpp"
#include "../terminal.hpp"
#include "staging.hpp"

namespace consent_sync::app {

/// Carries out a task from the first byte of the input to the last file of the report: holds the store,
/// reads, asks the store where the policy says so, plans, sends, and reports. Throws Failure and what its
/// parts throw.
ExitCode carry_out(const Config& config, const Task& task, Terminal& terminal);

}  // namespace consent_sync::app
