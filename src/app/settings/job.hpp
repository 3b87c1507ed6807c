#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config.hpp"
#include "store_entry.hpp"

namespace consent_sync::app {

/// Applies a job file: settings, and `command`, which says what to do with them: "sync" or "audit", which is
/// the answer. `stores`, where the job names several, takes the place of what is in it. Throws Failure
/// (usage).
std::string apply_job(Config& config, const std::filesystem::path& file, std::vector<StoreEntry>& stores);

}  // namespace consent_sync::app
