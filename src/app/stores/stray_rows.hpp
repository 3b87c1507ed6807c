#pragma once

#include <string>
#include <vector>

#include <consent_sync/report/stores.hpp>

#include "../settings/settings_of_store.hpp"

namespace consent_sync::app {

/// Reads each input that is for several stores, and counts the rows that are of none of `names`, all stores
/// that have an entry. An input that cannot be read has none.
std::vector<report::StrayRows> find_stray_rows(const std::vector<StoreJob>& stores,
                                               const std::vector<std::string>& names);

}  // namespace consent_sync::app
