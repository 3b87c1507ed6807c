#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "store_entry.hpp"

namespace consent_sync::app {

/// A store with all its settings.
struct StoreJob {
  std::string where;  ///< its entry: "jobs/nightly.yaml:12"
  Config config;
};

/// Puts the store's hash in the place of {store} in paths, and in what the token comes from.
void name_store(Config& config);

/// What one of several stores has to itself without being told so: a ledger, and a directory for its reports
/// in that of all. The hash of the entry is in force. Throws Failure (usage) when something else took its
/// place.
void set_apart(Config& config, const StoreEntry& entry);

/// What two of the stores would get into each other's way with, or read as each other's choices, as a
/// sentence; "" when they are apart.
std::string in_common(const std::vector<StoreJob>& stores);

}  // namespace consent_sync::app
