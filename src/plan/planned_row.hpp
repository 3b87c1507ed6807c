#pragma once

#include <optional>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/plan/duplicates.hpp>
#include <consent_sync/plan/planner.hpp>

namespace consent_sync::plan {

ledger::PlannedRow ends_as(consent::Outcome outcome, const ledger::CustomerRows::Row& row,
                           std::optional<consent::Choice> confirmed);

/// `found` names the two rows that contradict each other; `row` is any row of the customer.
ledger::PlannedRow conflicting(const ledger::CustomerRows::Row& row, const ledger::CustomerRows& customer,
                               const Contradiction& found);

ledger::PlannedRow superseded(const ledger::CustomerRows::Row& row, const ledger::CustomerRows& customer,
                              const ledger::CustomerRows::Row& winner);

/// The row that asks for `choice`: sent if that differs from what is confirmed.
ledger::PlannedRow winning(const ledger::CustomerRows::Row& row, consent::Choice choice,
                           const ledger::CustomerRows& customer, const Policy& policy);

}  // namespace consent_sync::plan
