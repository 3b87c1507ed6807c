#pragma once

#include <functional>
#include <vector>

#include <consent_sync/consent/composition.hpp>
#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::plan {

/// Plans the row that speaks for a customer whose rows make this choice.
using PlanChoice = std::function<ledger::PlannedRow(const ledger::CustomerRows::Row&, consent::Choice)>;

/// Decides over the rows of a customer in long form, each of which speaks of one part. For each part the
/// newest row counts (see resolve); these make the choice together. The first of them carries the change, and
/// the others end as it does. A contradiction in one part makes every row of the customer a conflict: half a
/// choice is not sent. Where no part is decided, the rows that count are invalid. Appends to `planned`.
void plan_parts(const ledger::CustomerRows& customer, const consent::Composition& composition,
                std::vector<ledger::PlannedRow>& planned, const PlanChoice& winning);

}  // namespace consent_sync::plan
