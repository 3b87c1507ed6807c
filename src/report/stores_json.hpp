#pragma once

#include <string>

#include <consent_sync/report/stores.hpp>

namespace consent_sync::report {

/// The text of stores.json, which lies in `directory`.
std::string stores_json(const StoresResult& whole, const std::filesystem::path& directory);

}  // namespace consent_sync::report
