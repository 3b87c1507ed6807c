#include "existing_ledger.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "exit_code.hpp"

namespace consent_sync::app {

std::unique_ptr<ledger::Ledger> open_existing_ledger(const Config& config) {
  const std::string path = config.ledger.substr(config.ledger.find(':') + 1);
  if (!std::filesystem::exists(path)) {
    throw Failure(
        ExitCode::usage,
        fmt::format("there is no ledger at {}: name it with --ledger, or start in its directory", path));
  }
  return ledger::open_ledger(config.ledger);
}

}  // namespace consent_sync::app
