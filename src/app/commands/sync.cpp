#include "../run/carrying_out.hpp"
#include "commands.hpp"

namespace consent_sync::app {

ExitCode sync_command(const Config& config, Terminal& terminal) {
  return carry_out(config, {config.dry_run ? ledger::Mode::dry_run : ledger::Mode::sync}, terminal);
}

}  // namespace consent_sync::app
