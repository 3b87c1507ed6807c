#include "ordered_scan.hpp"

#include <sqlite3.h>

#include <cstring>
#include <stdexcept>

#include "staging/bytes.hpp"

namespace consent_sync::ledger {
namespace {

// A step costs a fraction of what finding a place in the tree does.
constexpr int steps_before_a_jump = 16;

void bind_key(sqlite3_stmt* statement, std::int64_t key) {
  sqlite3_bind_int64(statement, 2, key);
}
void bind_key(sqlite3_stmt* statement, const AddressDigest& key) {
  sqlite3_bind_blob(statement, 2, key.data(), static_cast<int>(key.size()), SQLITE_TRANSIENT);
}

std::string_view blob_of(sqlite3_stmt* statement, int column) {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
}

void read_key(sqlite3_stmt* statement, std::int64_t& key) {
  key = sqlite3_column_int64(statement, 0);
}
void read_key(sqlite3_stmt* statement, AddressDigest& key) {
  const std::string_view bytes = blob_of(statement, 0);
  if (bytes.size() != key.size()) throw SQLite::Exception("a stored address makes no sense", SQLITE_CORRUPT);
  std::memcpy(key.data(), bytes.data(), key.size());
}

}  // namespace

template <class Key>
OrderedScan<Key>::OrderedScan(Connection& connection, const char* sql) : database_(connection.handle()) {
  if (sqlite3_prepare_v2(database_, sql, -1, &statement_, nullptr) != SQLITE_OK) {
    throw SQLite::Exception(database_, sqlite3_errcode(database_));
  }
}

template <class Key>
OrderedScan<Key>::OrderedScan(Connection& connection, const char* sql, std::int64_t first)
    : OrderedScan(connection, sql) {
  sqlite3_bind_int64(statement_, 1, first);
}

template <class Key>
OrderedScan<Key>::OrderedScan(Connection& connection, const char* sql, const std::string& first)
    : OrderedScan(connection, sql) {
  sqlite3_bind_text(statement_, 1, first.data(), static_cast<int>(first.size()), SQLITE_TRANSIENT);
}

template <class Key>
OrderedScan<Key>::~OrderedScan() {
  sqlite3_finalize(statement_);
}

template <class Key>
void OrderedScan<Key>::step() {
  const int result = sqlite3_step(statement_);
  at_.reset();
  if (result == SQLITE_ROW) {
    read_key(statement_, at_.emplace());
  } else if (result != SQLITE_DONE) {
    throw SQLite::Exception(database_, result);
  }
}

template <class Key>
void OrderedScan<Key>::start_at(const Key& key) {
  sqlite3_reset(statement_);
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
  sqlite3_reset(statement_);
  asked_.reset();
  at_.reset();
}

template <class Key>
std::uint8_t OrderedScan<Key>::choice(int column) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return no_choice;
  const int value = sqlite3_column_int(statement_, column);
  if (value < 0 || value >= no_choice)
    throw SQLite::Exception("a stored choice makes no sense", SQLITE_CORRUPT);
  return static_cast<std::uint8_t>(value);
}

template <class Key>
bool OrderedScan<Key>::flag(int column) const {
  return sqlite3_column_int(statement_, column) != 0;
}

template <class Key>
std::int64_t OrderedScan<Key>::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

template <class Key>
std::vector<consent::CustomerId> OrderedScan<Key>::customers(int column) const {
  return customers_of(blob_of(statement_, column));
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
    throw SQLite::Exception("stored customers make no sense", SQLITE_CORRUPT);
  }
  return customers;
}

}  // namespace consent_sync::ledger
