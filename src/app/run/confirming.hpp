#pragma once

#include <optional>
#include <string>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/plan/forecast.hpp>

#include "../settings/config.hpp"
#include "../terminal.hpp"

namespace consent_sync::app {

/// No run has synchronised the store before: none in the ledger that is finished or can be resumed, and none
/// that sent anything.
bool is_first_sync(ledger::Ledger& ledger, const std::string& store);

/// What is about to be done, for whoever has to say yes.
std::string describe_first_run(const ledger::Run& run, const plan::PlanTotals& totals,
                               const ledger::Forecast& forecast);

/// Asks the person at the terminal, if there is one, whether a first run that changes more than
/// safety.confirm_above may go on. Nothing: it may, also when nobody had to be asked. Else the sentence that
/// says why not. Ctrl-C and the end of the input mean no.
std::optional<std::string> unconfirmed(ledger::Ledger& ledger, const ledger::Run& run,
                                       const plan::PlanTotals& totals, const ledger::Forecast& forecast,
                                       const Config& config, Terminal& terminal);

}  // namespace consent_sync::app
