#pragma once

#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/sync/engine.hpp>

#include "../config.hpp"
#include "../terminal.hpp"
#include "signals.hpp"

namespace consent_sync::app {

/// What every client of this process tells the store about itself.
store::ClientOptions client_options(const Config& config, const std::string& token,
                                    const std::string& correlation_id);

/// Sends a planned run's changes, shows the progress, and obeys signals: the first one stops, the second
/// aborts. Nothing: the queue is empty.
std::optional<sync::Stopped> send_run(boost::asio::io_context& io, ledger::Ledger& ledger,
                                      const ledger::Run& run, const Config& config, const std::string& token,
                                      Terminal& terminal, Signals& signals);

}  // namespace consent_sync::app
