#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/ledger/pseudonyms.hpp>
#include <consent_sync/ledger/store_lock.hpp>

#include "location.hpp"
#include "opening.hpp"
#include "postgresql/connection.hpp"
#include "postgresql/store_lease.hpp"
#include "postgresql/work_list.hpp"
#include "sql_ledger.hpp"
#include "sqlite/key_file.hpp"
#include "sqlite/sqlite_connection.hpp"
#include "sqlite/store_file_lock.hpp"

namespace consent_sync::ledger {
namespace {

/// What is done with a ledger in a file, and with one on a server.
template <class InFile, class OnServer>
auto by_kind(const std::string& location, InFile in_file, OnServer on_server) {
  const Location parsed = parse_location(location);
  if (const auto* file = std::get_if<SqliteFile>(&parsed)) return in_file(file->path);
  return on_server(std::get<PostgresDatabase>(parsed).url);
}

bool is_there(const std::string& path) {
  std::error_code error;
  const bool is_there = std::filesystem::exists(path, error);
  if (!error) return is_there;
  throw LedgerError(
      fmt::format("Whether there is a ledger {} cannot be seen ({}): let this user enter its directory, or "
                  "name another.",
                  path, error.message()));
}

}  // namespace

std::unique_ptr<Ledger> open_ledger(const std::string& location, const StoreLock* lock) {
  const Fence* fence = lock == nullptr ? nullptr : lock->fence();
  const auto fence_or_none = fence == nullptr ? std::nullopt : std::optional(*fence);
  return std::make_unique<SqlLedger>(by_kind(
      location, [](const std::string& path) { return open_sqlite_ledger(path); },
      [&](const std::string& url) { return postgresql::open_postgresql_ledger(url, fence_or_none); }));
}

bool has_ledger(const std::string& location) {
  return by_kind(
      location, [](const std::string& path) { return is_there(path); },
      [](const std::string& url) { return postgresql::has_postgresql_ledger(url); });
}

std::string describe_location(const std::string& location) {
  return by_kind(
      location, [&](const std::string&) { return location; },
      [](const std::string& url) { return postgresql::name_of(url); });
}

std::variant<std::unique_ptr<StoreLock>, StoreHeld> lock_store(const std::string& location,
                                                               const std::string& store,
                                                               std::chrono::milliseconds lease) {
  return by_kind(
      location, [&](const std::string& path) { return lock_store_by_file(path, store); },
      [&](const std::string& url) { return postgresql::lock_store_by_lease(url, store, lease); });
}

std::optional<StoreHeld> store_holder(const std::string& location, const std::string& store) {
  return by_kind(
      location, [&](const std::string& path) { return file_lock_holder(path, store); },
      [&](const std::string& url) { return postgresql::lease_holder(url, store); });
}

std::unique_ptr<WorkList> open_work_list(const std::string& location, const std::string& batch,
                                         std::span<const std::string> only, std::chrono::milliseconds lease) {
  return by_kind(
      location,
      [](const std::string&) -> std::unique_ptr<WorkList> {
        throw LedgerError(
            "Many processes share a ledger in PostgreSQL only: set `ledger` to postgresql://...");
      },
      [&](const std::string& url) { return postgresql::open_shared_work_list(url, batch, only, lease); });
}

HashKey hash_key_of(const std::string& location) {
  return by_kind(
      location, [](const std::string& path) { return load_key_file(path); },
      [](const std::string& url) {
        return postgresql::open_postgresql_ledger(url, std::nullopt)->hash_key();
      });
}

}  // namespace consent_sync::ledger
