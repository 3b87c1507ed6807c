#pragma once

#include <optional>
#include <vector>

#include <consent_sync/consent/composition.hpp>
#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/plan/limits.hpp>
#include <consent_sync/plan/policy.hpp>

namespace consent_sync::plan {

/// Decides over every row of a customer: how each ends, or that it is to be sent (at most one). Appends to
/// `planned`. Pure.
void plan_customer(const ledger::CustomerRows& customer, const Policy& policy,
                   std::vector<ledger::PlannedRow>& planned);

/// The store has not been asked what this customer's consent is, and may have something to say.
bool is_open(const ledger::CustomerRows& customer);
/// By what is known now something would be sent for this customer.
bool would_change(const ledger::CustomerRows& customer, const Policy& policy);

/// Plans a run in state `staging` whose rows are all staged, and writes the plan to the ledger. Does not
/// commit it: that is for the caller, once the totals keep within the limits. Throws LedgerError.
PlanTotals make_plan(ledger::Ledger& ledger, const ledger::RunId& run, const Policy& policy);

}  // namespace consent_sync::plan
