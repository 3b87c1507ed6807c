#include "../run/carrying_out.hpp"
#include "commands.hpp"

namespace consent_sync::app {

ExitCode audit_command(const Config& config, Terminal& terminal) {
  return carry_out(config, {ledger::Mode::audit}, terminal);
}

}  // namespace consent_sync::app
