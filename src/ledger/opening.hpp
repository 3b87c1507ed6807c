#pragma once

#include <string>

#include "hash_key.hpp"

namespace consent_sync::ledger {

/// The key of the hashes of the ledger at `location`; made if there is none. Throws LedgerError.
HashKey hash_key_of(const std::string& location);

}  // namespace consent_sync::ledger
