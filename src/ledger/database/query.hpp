#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <consent_sync/consent/choice.hpp>
#include <consent_sync/consent/customer_id.hpp>
#include <consent_sync/consent/outcome.hpp>
#include <consent_sync/consent/timestamp.hpp>

#include "statement.hpp"

namespace consent_sync::ledger {

/// Bytes, where a text would be taken for one.
struct Bytes {
  std::string_view bytes;
};

template <std::integral Value>
void bind_value(Statement& statement, int index, Value value) {
  statement.bind_integer(index, static_cast<std::int64_t>(value));
}
void bind_value(Statement& statement, int index, double value);
void bind_value(Statement& statement, int index, std::string_view value);
void bind_value(Statement& statement, int index, Bytes value);
void bind_value(Statement& statement, int index, consent::Choice value);
void bind_value(Statement& statement, int index, consent::Timestamp value);
void bind_value(Statement& statement, int index, consent::CustomerId value);
void bind_value(Statement& statement, int index, consent::Outcome value);

template <class Value>
void bind_value(Statement& statement, int index, const std::optional<Value>& value) {
  if (value) {
    bind_value(statement, index, *value);
  } else {
    statement.bind_null(index);
  }
}

template <class... Values>
void bind_all(Statement& statement, const Values&... values) {
  int index = 0;
  (bind_value(statement, ++index, values), ...);
}

/// Runs a statement that gives no rows; the number of rows it changed.
template <class... Values>
int execute(Statement& statement, const Values&... values) {
  statement.reset();
  statement.borrow_values();
  bind_all(statement, values...);
  const int changed = statement.execute();
  statement.reset();
  return changed;
}

/// See Statement::execute_later().
template <class... Values>
void execute_later(Statement& statement, const Values&... values) {
  statement.reset();
  statement.borrow_values();
  bind_all(statement, values...);
  statement.execute_later(std::nullopt);
}

/// The same of a statement that changes so many rows.
template <class... Values>
void change_later(int rows, Statement& statement, const Values&... values) {
  statement.reset();
  statement.borrow_values();
  bind_all(statement, values...);
  statement.execute_later(rows);
}

/// The rows of a prepared statement, which it resets when it goes: an unfinished read would hold back
/// checkpoints. A value that cannot be of its type throws DatabaseError (damaged).
class Query {
 public:
  template <class... Values>
  explicit Query(Statement& statement, const Values&... values) : statement_(statement) {
    statement_.reset();
    bind_all(statement_, values...);
  }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query() { statement_.reset(); }

  bool next() { return statement_.step(); }

  bool is_null(int column) const { return statement_.is_null(column); }
  std::int64_t integer(int column) const { return statement_.integer(column); }
  std::uint64_t count(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  double real(int column) const { return statement_.real(column); }
  std::string text(int column) const { return std::string(statement_.text(column)); }
  std::string blob(int column) const { return std::string(statement_.bytes(column)); }
  consent::Choice choice(int column) const;
  consent::Timestamp time(int column) const;
  consent::CustomerId customer(int column) const;
  consent::Outcome outcome(int column) const;
  std::optional<consent::Choice> optional_choice(int column) const;
  std::optional<consent::Timestamp> optional_time(int column) const;

 private:
  Statement& statement_;
};

}  // namespace consent_sync::ledger
