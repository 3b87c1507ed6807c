#include "connection.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <filesystem>

namespace consent_sync::ledger {
namespace {

constexpr int busy_timeout_ms = 10'000;

std::string advice(const std::string& path, int code, const char* message) {
  switch (code) {
    case SQLITE_FULL:
      return fmt::format(
          "No space is left for the ledger {}: free some disk space, then run the same command again.", path);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return fmt::format(
          "Cannot write to the ledger {}: {}. Make the file and its directory writable for this user.", path,
          message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fmt::format(
          "Another process has kept the ledger {} locked for more than {} s: try again when it is done.",
          path, busy_timeout_ms / 1000);
    case SQLITE_CORRUPT:
      return fmt::format("The ledger {} is damaged ({}): restore it from a backup, or start with a new one.",
                         path, message);
    case SQLITE_NOTADB:
      return fmt::format("{} is not a ledger: name another file.", path);
    case SQLITE_IOERR:
      return fmt::format(
          "Reading or writing the ledger {} failed ({}): check the disk, then run the same command again.",
          path, message);
    default:
      return fmt::format("The ledger {} cannot be used: {}.", path, message);
  }
}

/// Absolute, so that no name means anything special to SQLite (":memory:", "file:...").
std::string plain_name(const std::string& path) {
  return std::filesystem::absolute(path).string();
}

/// SQLite counts its memory under a lock that each allocation of each connection takes; nobody reads the
/// count. Can be told only before it is first used.
void do_without_memory_counts() {
  [[maybe_unused]] static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

SQLite::Database open_database(const std::string& path) {
  do_without_memory_counts();
  try {
    return SQLite::Database(plain_name(path), SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX, busy_timeout_ms);
  } catch (const SQLite::Exception& error) {
    throw LedgerError(advice(path, error.getErrorCode(), error.what()));
  }
}

}  // namespace

Connection::Connection(const std::string& path) : path_(path), database_(open_database(path)) {}

SQLite::Statement& Connection::prepared(const char* sql) {
  auto found = prepared_.find(sql);
  if (found == prepared_.end()) found = prepared_.try_emplace(sql, database_, sql).first;
  return found->second;
}

std::string Connection::describe(const SQLite::Exception& error) const {
  return advice(path_, error.getErrorCode(), error.what());
}

}  // namespace consent_sync::ledger
