#pragma once

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/plan/limits.hpp>
#include <consent_sync/plan/policy.hpp>

namespace consent_sync::plan {

/// Plans a run as make_plan() does and then holds it against the plan of a dry run over the same input under
/// the same policy: rows that would now be treated otherwise than was approved, since the ledger has moved,
/// end as `conflict`. Nothing is planned anew for them. The totals are of what is left. Throws LedgerError.
PlanTotals make_approved_plan(ledger::Ledger& ledger, const ledger::RunId& run, const ledger::RunId& approved,
                              Policy policy);

}  // namespace consent_sync::plan
