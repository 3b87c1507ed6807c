#pragma once

#include <string>

namespace consent_sync::ledger {

/// The path that a location ("sqlite:PATH") names, as the user wrote it. Throws LedgerError for any other
/// location.
std::string path_of_location(const std::string& location);

}  // namespace consent_sync::ledger
