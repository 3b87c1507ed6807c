#pragma once

#include <memory>
#include <optional>
#include <string>

#include <consent_sync/ledger/ledger.hpp>

#include "database/connection.hpp"
#include "database/ordered_scan.hpp"
#include "staging/staging.hpp"

namespace consent_sync::ledger {

/// A run's customers, with all that is known of each. Reads through a connection of its own.
class CustomerStream {
 public:
  CustomerStream(Staging& staging, const Connection& ledger, std::int64_t run, const std::string& store);

  /// The next customer; null at the end. Valid until the next call. Throws DatabaseError and LedgerError.
  const CustomerRows* next();
  /// See OrderedScan::rest().
  void rest();

 private:
  std::unique_ptr<Connection> connection_;
  ExternalSort<CustomerEntry>::Reader entries_;
  OrderedScan<std::int64_t> confirmed_;
  OrderedScan<std::int64_t> observed_;
  std::optional<CustomerEntry> ahead_;
  CustomerRows current_;
};

}  // namespace consent_sync::ledger
