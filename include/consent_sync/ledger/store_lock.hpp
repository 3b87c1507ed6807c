#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include <consent_sync/consent/timestamp.hpp>

namespace consent_sync::ledger {

/// The right to work on one store, for as long as the object lives. The operating system gives it back when
/// its owner dies, however it dies.
class StoreLock {
 public:
  virtual ~StoreLock() = default;
};

/// Somebody has it. `owner` is for people: "process 4711 on host web1 since 2026-11-24T05:00:00Z".
struct StoreHeld {
  std::string owner;
  std::optional<consent::Timestamp> since;  ///< nothing: it did not say
};

/// Takes the lock of a store in the ledger at `location`, without waiting. Throws LedgerError if the lock
/// file cannot be made.
std::variant<std::unique_ptr<StoreLock>, StoreHeld> lock_store(const std::string& location,
                                                               const std::string& store);

/// Who has the lock of a store now, if anybody. Takes nothing and gets in nobody's way.
std::optional<StoreHeld> store_holder(const std::string& location, const std::string& store);

}  // namespace consent_sync::ledger
