#pragma once

#include <memory>
#include <string>
#include <vector>

#include <consent_sync/ledger/ledger.hpp>

#include "database/connection.hpp"
#include "database/ordered_scan.hpp"
#include "staging/staging.hpp"

namespace consent_sync::ledger {

/// A run's rows that are known by an address, those of one address one after the other, with what is known of
/// it. Reads through a connection of its own.
class AddressStream {
 public:
  AddressStream(Staging& staging, const Connection& ledger, std::int64_t run, const std::string& store,
                consent::Timestamp since);

  /// The next row; null at the end. Valid until the next call. Throws DatabaseError and LedgerError.
  const AddressEntry* next();
  /// Of the row of the last next(): is it the first of its address?
  bool is_first() const { return is_first_; }
  AddressedRow::Owners owners() const { return owners_; }
  const std::vector<consent::CustomerId>& customers() const { return customers_; }
  /// See OrderedScan::rest().
  void rest();

 private:
  void find_owners(const AddressDigest& address);

  std::unique_ptr<Connection> connection_;
  ExternalSort<AddressEntry>::Reader entries_;
  OrderedScan<AddressDigest> known_;
  OrderedScan<AddressDigest> nobodys_;
  std::int64_t since_;
  std::optional<AddressDigest> address_;
  bool is_first_ = false;
  AddressedRow::Owners owners_ = AddressedRow::Owners::not_asked;
  std::vector<consent::CustomerId> customers_;
};

}  // namespace consent_sync::ledger
