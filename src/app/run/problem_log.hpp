#pragma once

#include <optional>
#include <string>

#include <consent_sync/consent/record.hpp>
#include <consent_sync/ledger/ledger.hpp>

#include "../settings/config.hpp"
#include "customer_names.hpp"

namespace consent_sync::app {

/// Logs rows that end as a problem as they do: the first of each kind as warnings, the rest at level debug.
/// The report has them all.
class ProblemLog {
 public:
  /// Throws ledger::LedgerError when customers are to be named by a key that can be neither read nor made.
  explicit ProblemLog(const Config& config) : customers_(config.log.customers), names_(config) {}

  /// Says nothing of a row that ended otherwise.
  void tell(consent::LineNumber row, std::optional<consent::CustomerId> customer, consent::Outcome outcome,
            const std::string& reason);

 private:
  const LogCustomers customers_;
  const CustomerNames names_;
  ledger::OutcomeCounts told_;
};

}  // namespace consent_sync::app
