#pragma once

#include <optional>
#include <string>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/plan/forecast.hpp>

#include "../config.hpp"
#include "../terminal.hpp"

namespace consent_sync::app {

/// Plans a run whose rows are staged: a sync or dry run by policy, the one that carries out an approved plan
/// by that plan, an audit by its sample. Notes a dry run's forecast at this pace, with the
/// addresses that a sync would have to ask about. Commits the plan, unless it
/// exceeds a safety limit: then the sentence that says which, and nothing may be sent.
std::optional<std::string> plan_run(ledger::Ledger& ledger, const ledger::Run& run,
                                    const plan::Policy& policy, const Config& config, const plan::Pace& pace,
                                    std::uint64_t unasked_addresses, Terminal& terminal);

/// Settles whose the rows are that are known by an e-mail address, by what the ledger knows by now. The
/// number of addresses of which nothing is known.
std::uint64_t identify_customers(ledger::Ledger& ledger, const ledger::Run& run, const plan::Policy& policy,
                                 consent::Timestamp since, Terminal& terminal);

/// The pace of a store that was not asked about its quota.
plan::Pace assumed_pace(const Config& config);

}  // namespace consent_sync::app
