#pragma once

#include <functional>
#include <optional>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/plan/limits.hpp>

namespace consent_sync::plan {

/// The conflict that a planned row becomes instead; nothing: it stays as it is planned.
using Objection = std::function<std::optional<ledger::PlannedRow>(const ledger::RowResult&)>;

/// Goes over the rows of a planned run in the order of its input. The totals are of what comes out of it;
/// those that a plan has no rows for (customers) are 0.
PlanTotals revise(ledger::Ledger& ledger, const ledger::RunId& run, const Objection& objection);

}  // namespace consent_sync::plan
