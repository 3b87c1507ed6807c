#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include <consent_sync/ledger/store_lock.hpp>

#include "session.hpp"

namespace consent_sync::ledger::postgresql {

/// The right to work on a store, noted in the ledger by the server's clock. A thread renews it; by this
/// machine's clock it counts as held for two thirds of the lease after the renewal was asked for, so that
/// whoever stands still or is cut off stops well before another can take the store.
class StoreLease final : public StoreLock {
 public:
  /// The lease has just been taken, as of `asked_at`.
  StoreLease(std::string url, std::unique_ptr<Session> session, Fence fence,
             std::chrono::nanoseconds asked_at);
  /// Gives it back.
  ~StoreLease() override;

  bool is_held() override;
  const Fence* fence() const override { return &fence_; }

 private:
  void keep();
  bool renew();
  bool is_fresh() const;

  const std::string url_;
  const Fence fence_;
  // Asked before each request, also while a renewal waits for its answer.
  std::atomic<std::chrono::nanoseconds> held_until_;  ///< since boot
  std::atomic<bool> is_lost_ = false;                 ///< somebody else has had it since

  std::mutex mutex_;
  std::condition_variable ended_;
  std::unique_ptr<Session> session_;  ///< null: cut off
  bool is_ending_ = false;
  std::thread keeper_;
};

// lock_store() and store_holder() for a ledger in PostgreSQL.
std::variant<std::unique_ptr<StoreLock>, StoreHeld> lock_store_by_lease(const std::string& url,
                                                                        const std::string& store,
                                                                        std::chrono::milliseconds lease);
std::optional<StoreHeld> lease_holder(const std::string& url, const std::string& store);

}  // namespace consent_sync::ledger::postgresql
