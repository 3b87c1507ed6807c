#pragma once

#include <memory>
#include <string>

#include <consent_sync/ledger/store_lock.hpp>

#include "../settings/config.hpp"

namespace consent_sync::app {

/// Keeps every other run off a store. Throws Failure (store_held) that names who holds it, and since when.
std::unique_ptr<ledger::StoreLock> hold_store(const Config& config, const std::string& store);

/// That somebody has it, in a sentence with what to do.
std::string describe_holder(const std::string& store, const ledger::StoreHeld& held);

}  // namespace consent_sync::app
