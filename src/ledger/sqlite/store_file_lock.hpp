#pragma once

#include <consent_sync/ledger/store_lock.hpp>

namespace consent_sync::ledger {

// lock_store() and store_holder() for a ledger in a file: by a lock on a file beside it.
std::variant<std::unique_ptr<StoreLock>, StoreHeld> lock_store_by_file(const std::string& ledger_path,
                                                                       const std::string& store);
std::optional<StoreHeld> file_lock_holder(const std::string& ledger_path, const std::string& store);

}  // namespace consent_sync::ledger
