#pragma once

#include <filesystem>

#include "config.hpp"

namespace consent_sync::app {

/// Applies a job file: settings, and `command`, which says what to do with them: "sync" or "audit", which is
/// the answer. Throws Failure (usage).
std::string apply_job(Config& config, const std::filesystem::path& file);

}  // namespace consent_sync::app
