#include "query.hpp"

#include <string>

#include "connection.hpp"

namespace consent_sync::ledger {
namespace {

template <class Value>
Value intact(std::optional<Value> value, const char* what) {
  if (!value)
    throw DatabaseError(DatabaseError::Kind::damaged, std::string("a stored ") + what + " makes no sense");
  return *value;
}

}  // namespace

void bind_value(Statement& statement, int index, double value) {
  statement.bind_real(index, value);
}

void bind_value(Statement& statement, int index, std::string_view value) {
  statement.bind_text(index, value);
}

void bind_value(Statement& statement, int index, Bytes value) {
  statement.bind_bytes(index, value.bytes);
}

void bind_value(Statement& statement, int index, consent::Choice value) {
  statement.bind_integer(index, std::int64_t{value.code()});
}

void bind_value(Statement& statement, int index, consent::Timestamp value) {
  statement.bind_integer(index, std::int64_t{value.time_since_epoch().count()});
}

void bind_value(Statement& statement, int index, consent::CustomerId value) {
  statement.bind_integer(index, value.value());
}

void bind_value(Statement& statement, int index, consent::Outcome value) {
  statement.bind_text(index, to_string(value));
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
  return intact(consent::parse_outcome(statement_.text(column)), "outcome");
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
