#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include <consent_sync/report/stores.hpp>

namespace consent_sync::app {

/// A run as its summary.json, the text, tells it; nothing when that is not whole.
std::optional<report::StoreRun> parse_summary(std::string_view text);

/// The run whose report is in this directory; nothing when there is none that can be read.
std::optional<report::StoreRun> read_run(const std::filesystem::path& directory);

}  // namespace consent_sync::app
