#pragma once

#include <optional>
#include <string>

#include <consent_sync/ledger/pseudonyms.hpp>

#include "../settings/config.hpp"

namespace consent_sync::app {

/// What log lines call customers, by log.customers.
class CustomerNames {
 public:
  /// Throws ledger::LedgerError when the key of keyed hashes can be neither read nor made.
  explicit CustomerNames(const Config& config);

  /// Empty when they are not named.
  std::string of(std::optional<consent::CustomerId> customer) const;

 private:
  const LogCustomers how_;
  std::optional<ledger::Pseudonyms> pseudonyms_;
};

}  // namespace consent_sync::app
