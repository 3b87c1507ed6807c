#pragma once

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/plan/limits.hpp>
#include <consent_sync/plan/policy.hpp>

namespace consent_sync::plan {

/// Plans a run whose rows are the changes of an earlier run (`undone`) turned round: each row's line is the
/// sequence of the entry of evidence it takes back. A customer whose state is not what that run left ends as
/// `conflict`. `policy.restores` is set. Throws LedgerError.
PlanTotals make_undo_plan(ledger::Ledger& ledger, const ledger::Run& run, const Policy& policy);

}  // namespace consent_sync::plan
