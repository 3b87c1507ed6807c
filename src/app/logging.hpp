#pragma once

#include <string>

#include "config.hpp"
#include "terminal.hpp"

namespace consent_sync::app {

/// Sends spdlog's default logger to the terminal, in the level and format that the configuration asks for.
/// The terminal outlives all logging.
void start_logging(const Config& config, Terminal& terminal);

/// From here on each JSON log line names the run.
void log_for_run(const std::string& run_id);

/// One JSON string, quotes included.
std::string json_string(std::string_view text);

}  // namespace consent_sync::app
