#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <consent_sync/consent/customer_id.hpp>
#include <consent_sync/consent/timestamp.hpp>

#include "../address_digest.hpp"
#include "connection.hpp"

namespace consent_sync::ledger {

/// Reads a table from one end to the other, beside a list of keys that rises: rows that the list passes over
/// are stepped over while they are few, and jumped over while they are many. Key: an integer or a digest.
template <class Key>
class OrderedScan {
 public:
  /// `sql`: its first column is the key, its second parameter the key to start from; it gives rows in the
  /// order of their keys. `first`: its first parameter, an integer or a text. The connection outlives it, and
  /// reads.
  OrderedScan(Connection& connection, const char* sql, std::int64_t first);
  OrderedScan(Connection& connection, const char* sql, const std::string& first);
  OrderedScan(const OrderedScan&) = delete;
  OrderedScan& operator=(const OrderedScan&) = delete;

  /// Is there a row with this key? Cheap where keys rise from call to call.
  bool find(const Key& key);
  /// Lets go of the ledger's state of now; the next find() sees that of then. A read that goes on for long
  /// would keep the log of what is written meanwhile from being taken into the file.
  void rest();

  // Of the row that was found:
  std::uint8_t choice(int column) const;
  bool flag(int column) const;
  std::optional<consent::Timestamp> time(int column) const;
  std::int64_t integer(int column) const;
  std::vector<consent::CustomerId> customers(int column) const;  ///< see customers_of()

 private:
  void start_at(const Key& key);
  void step();

  Statement& statement_;
  std::optional<Key> at_;  ///< of the current row; nothing at the end
  std::optional<Key> asked_;
};

extern template class OrderedScan<std::int64_t>;
extern template class OrderedScan<AddressDigest>;

/// Customers as seven-bit numbers, and back. Throws DatabaseError (damaged) for anything else.
std::string bytes_of(const std::vector<consent::CustomerId>& customers);
std::vector<consent::CustomerId> customers_of(std::string_view bytes);

}  // namespace consent_sync::ledger
