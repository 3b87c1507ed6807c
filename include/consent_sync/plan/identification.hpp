#pragma once

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/plan/policy.hpp>

namespace consent_sync::plan {

/// Rows that are known by an e-mail address, by what is known of it.
struct Identified {
  std::uint64_t rows = 0;
  std::uint64_t known = 0;       ///< they speak for a customer, or for several by policy.shared_email
  std::uint64_t not_found = 0;   ///< the store has no customer with the address
  std::uint64_t shared = 0;      ///< several customers have it, and none may be chosen
  std::uint64_t unresolved = 0;  ///< the store was not asked
};

/// Settles whose the rows of a run are that are known by an e-mail address, by what the store said since
/// `since`, and plans those that are nobody's. Comes before any other look at the run's customers. Throws
/// LedgerError.
Identified identify_customers(ledger::Ledger& ledger, const ledger::RunId& run, const Policy& policy,
                              consent::Timestamp since);

}  // namespace consent_sync::plan
