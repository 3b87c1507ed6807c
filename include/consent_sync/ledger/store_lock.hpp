#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include <consent_sync/consent/timestamp.hpp>

namespace consent_sync::ledger {

/// What a ledger on a server knows the holder of a store by: whoever takes the store over has a higher token,
/// and from then on nothing is written for a lower one.
struct Fence {
  std::string store;
  std::int64_t token = 0;
  std::chrono::milliseconds lease{0};
};

/// The right to work on one store, for as long as the object lives. In a file it is a lock, which the
/// operating system gives back when its owner dies, however it dies. On a server it is a lease, which is
/// renewed while the object lives and ends by itself when it is not.
class StoreLock {
 public:
  virtual ~StoreLock() = default;

  /// Whether nobody else can have it now, nor in the next moments: ask before each request. Costs nothing,
  /// but for a lease that is about to end: then it is renewed here, which may take some seconds. Any thread.
  virtual bool is_held() = 0;
  /// For open_ledger(). Null: it cannot be lost while the object lives.
  virtual const Fence* fence() const = 0;
};

/// Somebody has it. `owner` is for people: "process 4711 on host web1 since 2026-11-24T05:00:00Z".
struct StoreHeld {
  std::string owner;
  std::optional<consent::Timestamp> since;  ///< nothing: it did not say
};

inline constexpr std::chrono::milliseconds default_lease{30'000};

/// Takes the lock of a store in the ledger at `location`, without waiting. `lease`: for how long nobody may
/// take it over from a process that stands still; for a ledger on a server. Throws LedgerError if it cannot
/// be asked for.
std::variant<std::unique_ptr<StoreLock>, StoreHeld> lock_store(
    const std::string& location, const std::string& store, std::chrono::milliseconds lease = default_lease);

/// Who has the lock of a store now, if anybody. Takes nothing and gets in nobody's way.
std::optional<StoreHeld> store_holder(const std::string& location, const std::string& store);

}  // namespace consent_sync::ledger
