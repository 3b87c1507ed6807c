#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "config.hpp"

namespace consent_sync::app {

/// Applies a YAML file of settings. Keys in `extra` are not settings: their values are put there. Throws
/// Failure (usage) that names file, line and key: unreadable file, broken YAML, unknown or repeated key,
/// wrong type, impossible value.
void apply_file(Config& config, const std::filesystem::path& file, std::map<std::string, std::string>& extra);

}  // namespace consent_sync::app
