#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "config.hpp"
#include "store_entry.hpp"

namespace consent_sync::app {

/// Applies a YAML file of settings. Keys in `extra` are not settings: their values are put there. `stores`,
/// where the file names several, takes the place of what is in it. Throws Failure (usage) that names file,
/// line and key: unreadable file, broken YAML, unknown or repeated key, wrong type, impossible value, also in
/// the entry of a store.
void apply_file(Config& config, const std::filesystem::path& file, std::map<std::string, std::string>& extra,
                std::vector<StoreEntry>& stores);

/// The file says what is to be done (`command`), as jobs do. False for one that cannot be read.
bool is_job(const std::filesystem::path& file);

}  // namespace consent_sync::app
