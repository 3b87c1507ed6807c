#include "hold_store.hpp"

#include <chrono>
#include <variant>

#include <fmt/format.h>

#include "../exit_code.hpp"
#include "../figures.hpp"

namespace consent_sync::app {
namespace {

std::string for_how_long(const ledger::StoreHeld& held) {
  if (!held.since) return "";
  const auto held_for = std::chrono::system_clock::now() - *held.since;
  return fmt::format(" ({})", show_time(std::chrono::duration_cast<std::chrono::milliseconds>(held_for)));
}

}  // namespace

std::string describe_holder(const std::string& store, const ledger::StoreHeld& held) {
  return fmt::format("another run holds store {}: {}{}; wait until it has ended, or stop it", store,
                     held.owner, for_how_long(held));
}

std::unique_ptr<ledger::StoreLock> hold_store(const Config& config, const std::string& store) {
  auto lock = ledger::lock_store(config.ledger, store, config.ledger_lease);
  if (const auto* held = std::get_if<ledger::StoreHeld>(&lock)) {
    throw Failure(ExitCode::store_held, describe_holder(store, *held));
  }
  return std::get<std::unique_ptr<ledger::StoreLock>>(std::move(lock));
}

}  // namespace consent_sync::app
