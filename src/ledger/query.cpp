#include "query.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

namespace consent_sync::ledger {
namespace {

template <class Value>
Value intact(const std::optional<Value>& value, const char* what) {
  if (!value) throw SQLite::Exception(std::string("a stored ") + what + " makes no sense", SQLITE_CORRUPT);
  return *value;
}

}  // namespace

void bind_value(SQLite::Statement& statement, int index, std::int64_t value) {
  statement.bind(index, value);
}

void bind_value(SQLite::Statement& statement, int index, int value) {
  statement.bind(index, value);
}

void bind_value(SQLite::Statement& statement, int index, std::uint64_t value) {
  statement.bind(index, static_cast<std::int64_t>(value));
}

void bind_value(SQLite::Statement& statement, int index, bool value) {
  statement.bind(index, static_cast<int>(value));
}

void bind_value(SQLite::Statement& statement, int index, double value) {
  statement.bind(index, value);
}

void bind_value(SQLite::Statement& statement, int index, const std::string& value) {
  statement.bind(index, value);
}

void bind_value(SQLite::Statement& statement, int index, std::string_view value) {
  statement.bind(index, std::string(value));
}

void bind_value(SQLite::Statement& statement, int index, consent::Choice value) {
  statement.bind(index, static_cast<int>(value.code()));
}

void bind_value(SQLite::Statement& statement, int index, consent::Timestamp value) {
  statement.bind(index, static_cast<std::int64_t>(value.time_since_epoch().count()));
}

void bind_value(SQLite::Statement& statement, int index, consent::CustomerId value) {
  statement.bind(index, value.value());
}

void bind_value(SQLite::Statement& statement, int index, consent::Outcome value) {
  bind_value(statement, index, to_string(value));
}

std::string Query::blob(int column) const {
  const SQLite::Column value = statement_.getColumn(column);
  return {static_cast<const char*>(value.getBlob()), static_cast<std::size_t>(value.getBytes())};
}

consent::Choice Query::choice(int column) const {
  const std::int64_t code = integer(column);
  const bool is_byte = code >= 0 && code <= 0xFF;
  return intact(is_byte ? consent::Choice::from_code(static_cast<unsigned>(code)) : std::nullopt, "choice");
}

consent::Timestamp Query::time(int column) const {
  return consent::Timestamp(std::chrono::microseconds(integer(column)));
}

consent::CustomerId Query::customer(int column) const {
  return intact(consent::CustomerId::from(integer(column)), "customer id");
}

consent::Outcome Query::outcome(int column) const {
  return intact(consent::parse_outcome(statement_.getColumn(column).getText()), "outcome");
}

std::optional<consent::Choice> Query::optional_choice(int column) const {
  if (is_null(column)) return std::nullopt;
  return choice(column);
}

std::optional<consent::Timestamp> Query::optional_time(int column) const {
  if (is_null(column)) return std::nullopt;
  return time(column);
}

}  // namespace consent_sync::ledger
