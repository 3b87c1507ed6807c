#include "sqlite_statement.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <new>

namespace consent_sync::ledger {
namespace {

DatabaseError::Kind kind_of(int code) {
  using Kind = DatabaseError::Kind;
  constexpr int primary = 0xFF;  // the rest of an extended code says more than is told apart here
  switch (code & primary) {
    case SQLITE_FULL:
      return Kind::full;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return Kind::not_writable;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Kind::busy;
    case SQLITE_CORRUPT:
      return Kind::damaged;
    case SQLITE_NOTADB:
      return Kind::no_ledger;
    case SQLITE_IOERR:
      return Kind::io;
    default:
      return Kind::other;
  }
}

/// Also where a file, such as the index of the log, could not be mapped for want of memory: that is no fault
/// of the disk.
bool is_out_of_memory(sqlite3* database, int code) {
  const int primary = code & 0xFF;
  if (primary == SQLITE_NOMEM || code == SQLITE_IOERR_NOMEM) return true;
  return primary == SQLITE_IOERR && database != nullptr && sqlite3_system_errno(database) == ENOMEM;
}

}  // namespace

void throw_sqlite_error(sqlite3* database, int code) {
  if (is_out_of_memory(database, code)) throw std::bad_alloc();
  const char* words = database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database);
  throw DatabaseError(kind_of(code), words);
}

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

SqliteStatement::SqliteStatement(sqlite3* database, const char* sql) : database_(database) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  statement_.reset(statement);
  check(code);
}

void SqliteStatement::check(int code) {
  if (code != SQLITE_OK) throw_sqlite_error(database_, code);
}

void SqliteStatement::reset() noexcept {
  sqlite3_reset(statement_.get());  // says only again how the last run ended
  borrows_ = false;
}

SqliteStatement::Lifetime SqliteStatement::lifetime() const {
  return borrows_ ? SQLITE_STATIC : SQLITE_TRANSIENT;
}

void SqliteStatement::bind_null(int index) {
  check(sqlite3_bind_null(statement_.get(), index));
}

void SqliteStatement::bind_integer(int index, std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), index, value));
}

void SqliteStatement::bind_real(int index, double value) {
  check(sqlite3_bind_double(statement_.get(), index, value));
}

void SqliteStatement::bind_text(int index, std::string_view value) {
  // A text at no address would be NULL.
  const char* text = value.data() == nullptr ? "" : value.data();
  check(sqlite3_bind_text64(statement_.get(), index, text, value.size(), lifetime(), SQLITE_UTF8));
}

void SqliteStatement::bind_bytes(int index, std::string_view value) {
  const char* bytes = value.data() == nullptr ? "" : value.data();
  check(sqlite3_bind_blob64(statement_.get(), index, bytes, value.size(), lifetime()));
}

int SqliteStatement::execute() {
  const int code = sqlite3_step(statement_.get());
  if (code != SQLITE_DONE && code != SQLITE_ROW) throw_sqlite_error(database_, code);
  return sqlite3_changes(database_);
}

// Nothing is gained by waiting.
void SqliteStatement::execute_later(std::optional<int> expected) {
  require_changed(execute(), expected);
  reset();
}

bool SqliteStatement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) throw_sqlite_error(database_, code);
  return false;
}

bool SqliteStatement::is_null(int column) {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t SqliteStatement::integer(int column) {
  return sqlite3_column_int64(statement_.get(), column);
}

double SqliteStatement::real(int column) {
  return sqlite3_column_double(statement_.get(), column);
}

std::string_view SqliteStatement::text(int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::string_view SqliteStatement::bytes(int column) {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

}  // namespace consent_sync::ledger
