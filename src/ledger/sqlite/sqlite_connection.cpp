#include "sqlite_connection.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <filesystem>

#include "../open_file.hpp"
#include "key_file.hpp"
#include "sqlite_schema.hpp"
#include "sqlite_statement.hpp"

namespace consent_sync::ledger {
namespace {

constexpr int busy_timeout_ms = 10'000;

/// Absolute, so that no name means anything special to SQLite (":memory:", "file:...").
std::string plain_name(const std::string& path) {
  return std::filesystem::absolute(path).string();
}

std::string directory_of(const std::string& path) {
  return std::filesystem::path(plain_name(path)).parent_path().string();
}

/// SQLite counts its memory under a lock that each allocation of each connection takes; nobody reads the
/// count. Can be told only before it is first used.
void do_without_memory_counts() {
  [[maybe_unused]] static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

}  // namespace

void SqliteConnection::Close::operator()(sqlite3* database) const noexcept {
  sqlite3_close(database);
}

SqliteConnection::SqliteConnection(const std::string& path)
    : Connection(path, {directory_of(path), "beside the ledger " + path}), path_(path) {
  do_without_memory_counts();
  guarded([&] {
    sqlite3* database = nullptr;
    const int code = sqlite3_open_v2(plain_name(path).c_str(), &database,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    database_.reset(database);
    if (code != SQLITE_OK) throw_sqlite_error(database, code);
    sqlite3_busy_timeout(database, busy_timeout_ms);
  });
}

SqliteConnection::~SqliteConnection() {
  forget_statements();
}

void SqliteConnection::run_script(const char* sql) {
  const int code = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw_sqlite_error(database_.get(), code);
}

std::int64_t SqliteConnection::read_number(const char* sql) {
  SqliteStatement statement(database_.get(), sql);
  return statement.step() ? statement.integer(0) : 0;
}

// What is deleted is overwritten, always, whatever SQLite was built to do: an erased customer may have stood
// in rows that went long before, such as the queue's. It costs nothing that could be measured.
void SqliteConnection::set_pragmas() {
  run_script(
      "PRAGMA secure_delete = ON;"
      "PRAGMA synchronous = FULL;"
      "PRAGMA cache_size = -4096;"
      "PRAGMA temp_store = FILE;"
      "PRAGMA journal_size_limit = 67108864;");
}

std::unique_ptr<Connection> SqliteConnection::another() const {
  auto connection = std::make_unique<SqliteConnection>(path_);
  connection->set_pragmas();
  return connection;
}

std::unique_ptr<Statement> SqliteConnection::prepare(const char* sql, Rows) {
  return std::make_unique<SqliteStatement>(database_.get(), sql);
}

void SqliteConnection::begin_read() {
  run_script("BEGIN");
}

// The write lock is taken at once: who read first and wrote then might be refused in between.
void SqliteConnection::begin_write() {
  run_script("BEGIN IMMEDIATE");
}

void SqliteConnection::commit() {
  run_script("COMMIT");
}

void SqliteConnection::rollback() noexcept {
  // After some errors SQLite has done so itself.
  sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

// Where its pages were split and joined, SQLite has left copies of rows in unused parts of them, which
// deleting does not overwrite.
std::string SqliteConnection::traces_of_deleted() {
  run_script("VACUUM");
  const bool is_busy = read_number("PRAGMA wal_checkpoint(TRUNCATE)") != 0;
  if (!is_busy) return {};
  return fmt::format("Another process is reading the ledger {}.", name());
}

HashKey SqliteConnection::hash_key() {
  return load_key_file(path_);
}

std::string SqliteConnection::describe(const DatabaseError& error) const {
  using Kind = DatabaseError::Kind;
  switch (error.kind()) {
    case Kind::full:
      return fmt::format(
          "No space is left for the ledger {}: free some disk space, then run the same command again.",
          name());
    case Kind::not_writable:
      return fmt::format(
          "Cannot write to the ledger {}: {}. Make the file and its directory writable for this user.",
          name(), error.what());
    case Kind::busy:
      return fmt::format(
          "Another process has kept the ledger {} locked for more than {} s: try again when it is done.",
          name(), busy_timeout_ms / 1000);
    case Kind::damaged:
      return fmt::format("The ledger {} is damaged ({}): restore it from a backup, or start with a new one.",
                         name(), error.what());
    case Kind::no_ledger:
      return fmt::format("{} is not a ledger: name another file.", name());
    case Kind::io:
      return fmt::format(
          "Reading or writing the ledger {} failed ({}): check the disk, then run the same command again.",
          name(), error.what());
    case Kind::unreachable:
    case Kind::other:
      break;
  }
  return fmt::format("The ledger {} cannot be used: {}.", name(), error.what());
}

std::unique_ptr<Connection> open_sqlite_ledger(const std::string& path) {
  // Made before SQLite does, so that it (and with it the -wal and -shm files) is its owner's only.
  OpenFile::open_or_make(path, "the ledger");
  auto connection = std::make_unique<SqliteConnection>(path);
  prepare_schema(*connection);
  return connection;
}

}  // namespace consent_sync::ledger
