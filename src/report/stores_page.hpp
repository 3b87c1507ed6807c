#pragma once

#include <string>

#include <consent_sync/report/stores.hpp>

namespace consent_sync::report {

/// The text of stores.html, which lies in `directory`.
std::string stores_page(const StoresResult& whole, const std::filesystem::path& directory);

}  // namespace consent_sync::report
