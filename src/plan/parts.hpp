#pragma once

#include <vector>

#include <consent_sync/plan/planner.hpp>

namespace consent_sync::plan {

/// Decides over the rows of a customer in long form, each of which speaks of one part. For each part the
/// newest row counts (see resolve); these make the choice together. The first of them carries the change, and
/// the others end as it does. A contradiction in one part, or an invalid row, makes every other row of the
/// customer a conflict: half a choice is not sent. Where no part is decided, the rows that count are invalid.
std::vector<ledger::PlannedRow> plan_parts(const ledger::CustomerRows& customer,
                                           const consent::Composition& composition, const Policy& policy);

}  // namespace consent_sync::plan
