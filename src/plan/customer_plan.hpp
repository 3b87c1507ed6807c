#pragma once

#include <functional>
#include <vector>

#include <consent_sync/plan/duplicates.hpp>
#include <consent_sync/plan/policy.hpp>

#include "parts.hpp"

namespace consent_sync::plan {

ledger::PlannedRow ends_as(consent::Outcome outcome, const ledger::CustomerRows::Row& row,
                           std::optional<consent::Choice> before);

/// `found` names the two rows that contradict each other; `row` is any row of the customer.
ledger::PlannedRow conflicting(const ledger::CustomerRows::Row& row, const ledger::CustomerRows& customer,
                               const Contradiction& found);

/// What an invalid row leaves unknown may be a denial: where the customer has one, no other row speaks, and
/// all of them are conflicts. False: there is none.
bool hold_back(const ledger::CustomerRows& customer, std::vector<ledger::PlannedRow>& planned);

ledger::PlannedRow superseded(const ledger::CustomerRows::Row& row, const ledger::CustomerRows& customer,
                              const ledger::CustomerRows::Row& winner);

/// Appends a plan for each row of a customer: `winning(row, choice)` plans the row that speaks for the
/// customer, the others are superseded or carried by it; or nobody speaks, and all of them are conflicts.
template <class Winning>
void plan_rows(const ledger::CustomerRows& customer, const Policy& policy,
               std::vector<ledger::PlannedRow>& planned, Winning winning) {
  if (hold_back(customer, planned)) return;
  if (policy.composition) return plan_parts(customer, *policy.composition, planned, winning);
  const Resolution resolution = resolve(customer.rows);
  for (std::size_t i = 0; i < customer.rows.size(); ++i) {
    const ledger::CustomerRows::Row& row = customer.rows[i];
    if (resolution.contradiction) {
      planned.push_back(conflicting(row, customer, *resolution.contradiction));
    } else if (i == resolution.winner) {
      planned.push_back(winning(row, resolution.choice));
    } else {
      planned.push_back(superseded(row, customer, customer.rows[*resolution.winner]));
    }
  }
}

}  // namespace consent_sync::plan
