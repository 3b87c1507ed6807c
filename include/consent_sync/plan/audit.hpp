#pragma once

#include <cstdint>
#include <optional>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/plan/policy.hpp>

namespace consent_sync::plan {

/// How many of an input's customers an audit asks the store about. At most one is set; none: all.
struct SampleSize {
  std::optional<std::uint64_t> customers;
  std::optional<double> share;  ///< 0 to 1, of the customers
};

/// Plans an audit of a run whose rows are all staged: the row that counts for each drawn customer is queued
/// to be asked about, the rows of others end as `not_sampled`. Of N customers exactly the wanted number is
/// drawn, each set of that size with the same chance; the same seed over the same customers draws the same.
/// Writes the plan and the sample to the ledger, and does not commit it. Throws LedgerError.
ledger::Sample plan_audit(ledger::Ledger& ledger, const ledger::RunId& run, const Policy& policy,
                          SampleSize size, std::uint64_t seed);

}  // namespace consent_sync::plan
