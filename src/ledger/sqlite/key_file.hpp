#pragma once

#include <string>

#include "../hash_key.hpp"

namespace consent_sync::ledger {

/// The key of a ledger's hashes, from a file of its own beside it, "PATH.email-key", its owner's only:
/// whoever gets hold of the ledger alone cannot try addresses. Makes the key if there is none. Throws
/// LedgerError when it cannot be made or read, or others can.
HashKey load_key_file(const std::string& ledger_path);

}  // namespace consent_sync::ledger
