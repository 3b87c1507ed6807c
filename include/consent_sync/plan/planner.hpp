#pragma once

#include <optional>
#include <vector>

#include <consent_sync/consent/composition.hpp>
#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/plan/completion.hpp>
#include <consent_sync/plan/limits.hpp>

namespace consent_sync::plan {

struct Policy {
  Unspecified unspecified = Unspecified::keep;
  bool dry_run = false;  ///< rows that would be sent end as `would_apply` and are not queued
  /// Set where each row speaks of one category of another platform (long form): how they make a choice.
  std::optional<consent::Composition> composition = std::nullopt;
};

/// Decides over every row of a customer: how each ends, or that it is to be sent (at most one). Pure.
std::vector<ledger::PlannedRow> plan_customer(const ledger::CustomerRows& customer, const Policy& policy);

/// Plans a run in state `staging` whose rows are all staged, and writes the plan to the ledger. Does not
/// commit it: that is for the caller, once the totals keep within the limits. Throws LedgerError.
PlanTotals make_plan(ledger::Ledger& ledger, const ledger::RunId& run, const Policy& policy);

}  // namespace consent_sync::plan
