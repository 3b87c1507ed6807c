#pragma once

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <consent_sync/consent/choice.hpp>
#include <consent_sync/consent/customer_id.hpp>
#include <consent_sync/consent/outcome.hpp>
#include <consent_sync/consent/timestamp.hpp>

namespace consent_sync::ledger {

void bind_value(SQLite::Statement& statement, int index, std::int64_t value);
void bind_value(SQLite::Statement& statement, int index, int value);
void bind_value(SQLite::Statement& statement, int index, std::uint64_t value);
void bind_value(SQLite::Statement& statement, int index, bool value);
void bind_value(SQLite::Statement& statement, int index, double value);
void bind_value(SQLite::Statement& statement, int index, const std::string& value);
void bind_value(SQLite::Statement& statement, int index, std::string_view value);
void bind_value(SQLite::Statement& statement, int index, consent::Choice value);
void bind_value(SQLite::Statement& statement, int index, consent::Timestamp value);
void bind_value(SQLite::Statement& statement, int index, consent::CustomerId value);
void bind_value(SQLite::Statement& statement, int index, consent::Outcome value);

template <class Value>
void bind_value(SQLite::Statement& statement, int index, const std::optional<Value>& value) {
  if (value) {
    bind_value(statement, index, *value);
  } else {
    statement.bind(index);
  }
}

template <class... Values>
void bind_all(SQLite::Statement& statement, const Values&... values) {
  int index = 0;
  (bind_value(statement, ++index, values), ...);
}

/// Runs a statement that gives no rows; the number of rows it changed.
template <class... Values>
int execute(SQLite::Statement& statement, const Values&... values) {
  statement.tryReset();
  bind_all(statement, values...);
  const int changed = statement.exec();
  statement.tryReset();
  return changed;
}

/// The rows of a prepared statement, which it resets when it goes: an unfinished read would hold back
/// checkpoints. A value that cannot be of its type throws SQLite::Exception with SQLITE_CORRUPT.
class Query {
 public:
  template <class... Values>
  explicit Query(SQLite::Statement& statement, const Values&... values) : statement_(statement) {
    statement_.tryReset();
    bind_all(statement_, values...);
  }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query() { statement_.tryReset(); }

  bool next() { return statement_.executeStep(); }

  bool is_null(int column) const { return statement_.isColumnNull(column); }
  std::int64_t integer(int column) const { return statement_.getColumn(column).getInt64(); }
  std::uint64_t count(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  double real(int column) const { return statement_.getColumn(column).getDouble(); }
  std::string text(int column) const { return statement_.getColumn(column).getString(); }
  std::string blob(int column) const;
  consent::Choice choice(int column) const;
  consent::Timestamp time(int column) const;
  consent::CustomerId customer(int column) const;
  consent::Outcome outcome(int column) const;
  std::optional<consent::Choice> optional_choice(int column) const;
  std::optional<consent::Timestamp> optional_time(int column) const;

 private:
  SQLite::Statement& statement_;
};

}  // namespace consent_sync::ledger
