#pragma once

#include <optional>
#include <string>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/store/client.hpp>

#include "../config.hpp"
#include "../exit_code.hpp"
#include "../terminal.hpp"

namespace consent_sync::app {

/// What every client of this process tells the store about itself.
store::ClientOptions client_options(const Config& config, const std::string& token,
                                    const std::string& correlation_id);

/// How the sending of a run ended.
struct SendingEnd {
  std::optional<ExitCode> stopped_with;  ///< nothing: the queue is empty, and the rows say how it went
  std::string reason;                    ///< why it stopped
};

/// Sends a planned run's changes, shows the progress, and obeys signals: the first one stops, the second
/// aborts.
SendingEnd send_run(ledger::Ledger& ledger, const ledger::Run& run, const Config& config,
                    const std::string& token, Terminal& terminal);

}  // namespace consent_sync::app
