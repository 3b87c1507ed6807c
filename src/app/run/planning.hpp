#pragma once

#include <optional>
#include <string>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/plan/forecast.hpp>

#include "../settings/config.hpp"
#include "../settings/deadline.hpp"
#include "../terminal.hpp"
#include "staging.hpp"

namespace consent_sync::app {

/// Plans a run whose rows are staged: a sync or dry run by policy, the one that carries out an approved plan
/// by that plan, an audit by its sample. Notes a dry run's forecast at this pace, with the addresses that a
/// sync would have to ask about. Commits the plan, in the place of an unfinished run if there is one, unless
/// it exceeds a safety limit or the person at the terminal does not want it: then the sentence that says so,
/// and nothing may be sent.
std::optional<std::string> plan_run(ledger::Ledger& ledger, const StagedRun& staged,
                                    const plan::Policy& policy, const Config& config, const plan::Pace& pace,
                                    std::uint64_t unasked_addresses, const std::optional<Deadline>& deadline,
                                    Terminal& terminal);

/// Settles whose the rows are that are known by an e-mail address, by what the ledger knows by now. The
/// number of addresses of which nothing is known.
std::uint64_t identify_customers(ledger::Ledger& ledger, const ledger::Run& run, const plan::Policy& policy,
                                 consent::Timestamp since, Terminal& terminal);

/// The pace of a store that was not asked about its quota.
plan::Pace assumed_pace(const Config& config);

/// The pace to expect of the store: as it told its last sync, else as assumed.
plan::Pace expected_pace(ledger::Ledger& ledger, const Config& config);

/// How long the changes that a planned sync has left will take, begun at `from`, and which of them the
/// deadline will come before.
std::string time_sentence(ledger::Ledger& ledger, const ledger::Run& run, const Config& config,
                          const plan::Pace& pace, const Deadline& deadline, consent::Timestamp from);

}  // namespace consent_sync::app
