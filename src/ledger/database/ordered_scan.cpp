#include "ordered_scan.hpp"

#include <cstring>
#include <stdexcept>

#include "../staging/bytes.hpp"
#include "query.hpp"

namespace consent_sync::ledger {
namespace {

// A step costs a fraction of what finding a place in the tree does.
constexpr int steps_before_a_jump = 16;

[[noreturn]] void fail(const char* what) {
  throw DatabaseError(DatabaseError::Kind::damaged, what);
}

void bind_key(Statement& statement, std::int64_t key) {
  statement.bind_integer(2, key);
}
void bind_key(Statement& statement, const AddressDigest& key) {
  statement.bind_bytes(2, {reinterpret_cast<const char*>(key.data()), key.size()});
}

void read_key(Statement& statement, std::int64_t& key) {
  key = statement.integer(0);
}
void read_key(Statement& statement, AddressDigest& key) {
  const std::string_view bytes = statement.bytes(0);
  if (bytes.size() != key.size()) fail("a stored address makes no sense");
  std::memcpy(key.data(), bytes.data(), key.size());
}

}  // namespace

template <class Key>
OrderedScan<Key>::OrderedScan(Connection& connection, const char* sql, std::int64_t first)
    : statement_(connection.scan(sql)) {
  statement_.bind_integer(1, first);
}

template <class Key>
OrderedScan<Key>::OrderedScan(Connection& connection, const char* sql, const std::string& first)
    : statement_(connection.scan(sql)) {
  statement_.bind_text(1, first);
}

template <class Key>
void OrderedScan<Key>::step() {
  at_.reset();
  if (statement_.step()) read_key(statement_, at_.emplace());
}

template <class Key>
void OrderedScan<Key>::start_at(const Key& key) {
  statement_.reset();
  bind_key(statement_, key);
  step();
}

template <class Key>
bool OrderedScan<Key>::find(const Key& key) {
  if (!asked_ || key < *asked_) start_at(key);
  asked_ = key;
  for (int steps = 0; at_ && *at_ < key; ++steps) {
    if (steps < steps_before_a_jump) {
      step();
    } else {
      start_at(key);
    }
  }
  return at_ == key;
}

template <class Key>
void OrderedScan<Key>::rest() {
  statement_.reset();
  asked_.reset();
  at_.reset();
}

template <class Key>
std::uint8_t OrderedScan<Key>::choice(int column) const {
  if (statement_.is_null(column)) return no_choice;
  const std::int64_t value = statement_.integer(column);
  if (value < 0 || value >= no_choice) fail("a stored choice makes no sense");
  return static_cast<std::uint8_t>(value);
}

template <class Key>
bool OrderedScan<Key>::flag(int column) const {
  return statement_.integer(column) != 0;
}

template <class Key>
std::optional<consent::Timestamp> OrderedScan<Key>::time(int column) const {
  if (statement_.is_null(column)) return std::nullopt;
  return consent::Timestamp(std::chrono::microseconds(statement_.integer(column)));
}

template <class Key>
std::int64_t OrderedScan<Key>::integer(int column) const {
  return statement_.integer(column);
}

template <class Key>
std::vector<consent::CustomerId> OrderedScan<Key>::customers(int column) const {
  return customers_of(statement_.bytes(column));
}

template class OrderedScan<std::int64_t>;
template class OrderedScan<AddressDigest>;

std::string bytes_of(const std::vector<consent::CustomerId>& customers) {
  std::string bytes;
  for (const consent::CustomerId customer : customers) {
    put_number(bytes, static_cast<std::uint64_t>(customer.value()));
  }
  return bytes;
}

std::vector<consent::CustomerId> customers_of(std::string_view bytes) {
  std::vector<consent::CustomerId> customers;
  try {
    for (ByteReader reader(bytes); !reader.is_at_end();) {
      const auto customer = consent::CustomerId::from(static_cast<std::int64_t>(reader.number()));
      if (!customer) throw std::out_of_range("no customer");
      customers.push_back(*customer);
    }
  } catch (const std::out_of_range&) {
    fail("stored customers make no sense");
  }
  return customers;
}

}  // namespace consent_sync::ledger
