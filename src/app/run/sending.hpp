#pragma once

#include <memory>
#include <optional>
#include <string>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/store/client.hpp>
#include <consent_sync/sync/engine.hpp>

#include "../exit_code.hpp"
#include "../monitoring/monitor.hpp"
#include "../settings/config.hpp"
#include "../settings/deadline.hpp"
#include "../terminal.hpp"

namespace consent_sync::app {

/// What every client of this process tells the store about itself.
store::ClientOptions client_options(const Config& config, const store::SecretText& token,
                                    const std::string& correlation_id);

/// How fast everything of one run may ask the store.
sync::Pacing pacing_of(const Config& config);

/// How an engine works under this configuration, while the lock (which outlives it) is held; what it asks
/// around each change is for who knows the run.
sync::EngineOptions engine_options(const Config& config, ledger::StoreLock& lock);

/// They send while the lock (which outlives them) is held. Throws Failure (usage) when the store cannot be
/// reached like this.
std::unique_ptr<store::ClientFactory> make_clients(const Config& config, const store::SecretText& token,
                                                   const ledger::Run& run, ledger::StoreLock& lock);

/// Throws as make_clients() would: before the input is read and a run is begun, which would be left open.
void require_clients(const Config& config, const store::SecretText& token);

/// How the sending of a run ended.
struct SendingEnd {
  std::optional<ExitCode> stopped_with;  ///< nothing: the queue is empty, and the rows say how it went
  std::string reason;                    ///< why it stopped
  bool is_final = false;                 ///< the run must not be resumed: a person has to look first
};

/// Sends a planned run's changes, its canary first, or asks an audit's questions; shows and monitors the
/// progress, and obeys the deadline and signals: the first one stops, the second aborts.
SendingEnd send_run(ledger::Ledger& ledger, const ledger::Run& run, const Config& config,
                    const store::SecretText& token, ledger::StoreLock& lock, sync::Pacing& pacing,
                    const std::optional<Deadline>& deadline, Monitor& monitor, Terminal& terminal);

}  // namespace consent_sync::app
