#pragma once

#include <string>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/plan/forecast.hpp>

#include "../settings/config.hpp"
#include "../terminal.hpp"
#include "sending.hpp"

namespace consent_sync::app {

/// What the store said of e-mail addresses counts from here on: policy.email_cache.
consent::Timestamp addresses_known_since(const ledger::Run& run, const Config& config);

/// Asks the store whose the e-mail addresses of a run are, where the ledger does not know. The answers are
/// noted as they come. `pace`: as below.
SendingEnd look_addresses_up(ledger::Ledger& ledger, const ledger::Run& run, const Config& config,
                             const store::SecretText& token, ledger::StoreLock& lock, sync::Pacing& pacing,
                             plan::Pace& pace, const std::optional<Deadline>& deadline, Terminal& terminal);

/// Asks the store what the policy wants to be known before a run is planned: which customers exist, and what
/// it holds of them. The answers are noted as they come: what was asked before an interruption is not asked
/// again. `pace` becomes the store's own where it told. Stops early enough for the deadline.
SendingEnd ask_store(ledger::Ledger& ledger, const ledger::Run& run, const plan::Policy& policy,
                     const Config& config, const store::SecretText& token, ledger::StoreLock& lock,
                     sync::Pacing& pacing, plan::Pace& pace, const std::optional<Deadline>& deadline,
                     Terminal& terminal);

}  // namespace consent_sync::app
