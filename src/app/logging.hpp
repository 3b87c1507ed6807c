#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <spdlog/common.h>

#include <consent_sync/consent/record.hpp>

#include "exit_code.hpp"
#include "settings/config.hpp"
#include "terminal.hpp"

namespace consent_sync::app {

/// What a log line is about, beside its message: fields of their own in JSON.
struct LogFields {
  std::optional<consent::LineNumber> row;
  std::string_view customer;  ///< as log.customers has it; empty: not named
  std::string_view outcome;   ///< of the row
  std::optional<int> exit_code;
};

/// Sends spdlog's default logger to the terminal, in the level and format that the configuration asks for.
/// The terminal outlives all logging.
void start_logging(const Config& config, Terminal& terminal);

/// From here on each JSON log line names the run.
void log_for_run(const std::string& run_id);

/// Logs a message with fields; the message says the same to people.
void log_with(spdlog::level::level_enum level, const LogFields& fields, const std::string& message);

/// The last words of a program that cannot go on: shown whatever the level is, in the configuration's format.
void log_fatal(const Config& config, Terminal& terminal, ExitCode code, const std::string& sentence);

/// One JSON string, quotes included. Bytes that are no UTF-8 become '?'.
std::string json_string(std::string_view text);

}  // namespace consent_sync::app
