#pragma once

#include "../settings/config.hpp"

namespace consent_sync::app {

/// From here on SIGINT and SIGTERM end the process at once, with 130 or 143: for phases in which a crash
/// would lose nothing either, which are reading, planning and writing a report. SIGUSR1 is answered with a
/// line. Both in the format of the log. That nobody reads the log any more ends nothing.
void exit_on_signals(LogFormat format);

}  // namespace consent_sync::app
