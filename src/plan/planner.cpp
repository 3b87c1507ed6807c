#include <consent_sync/plan/planner.hpp>

#include <consent_sync/plan/duplicates.hpp>

#include "parts.hpp"
#include "planned_row.hpp"

namespace consent_sync::plan {
namespace {

using consent::Outcome;
using ledger::CustomerRows;
using ledger::PlannedRow;

constexpr std::size_t batch_size = 4096;

void add_to(PlanTotals& totals, const PlannedRow& row) {
  if (row.outcome == Outcome::invalid) ++totals.invalid;
  if (row.outcome == Outcome::unchanged) ++totals.unchanged;
  if (row.outcome == Outcome::superseded) ++totals.superseded;
  if (row.outcome == Outcome::conflict) ++totals.conflicts;
  if (!row.change) return;
  ++totals.changes;
  if (withdraws(row.change->before, row.change->wanted)) ++totals.withdrawals;
  if (grants(row.change->before, row.change->wanted)) ++totals.grants;
}

}  // namespace

std::vector<PlannedRow> plan_customer(const CustomerRows& customer, const Policy& policy) {
  if (policy.composition) return plan_parts(customer, *policy.composition, policy);
  const Resolution resolution = resolve(customer.rows);
  std::vector<PlannedRow> planned;
  planned.reserve(customer.rows.size());
  for (std::size_t i = 0; i < customer.rows.size(); ++i) {
    const CustomerRows::Row& row = customer.rows[i];
    if (resolution.contradiction) {
      planned.push_back(conflicting(row, customer, *resolution.contradiction));
    } else if (i == resolution.winner) {
      planned.push_back(winning(row, row.choice, customer, policy));
    } else {
      planned.push_back(superseded(row, customer, customer.rows[*resolution.winner]));
    }
  }
  return planned;
}

PlanTotals make_plan(ledger::Ledger& ledger, const ledger::RunId& run, const Policy& policy) {
  const ledger::OutcomeCounts staged = ledger.counts(run);
  PlanTotals totals;
  totals.rows = staged.total();
  totals.invalid = staged[Outcome::invalid];

  std::vector<PlannedRow> batch;
  ledger.for_each_customer(run, [&](const CustomerRows& customer) {
    ++totals.customers;
    for (PlannedRow& row : plan_customer(customer, policy)) {
      add_to(totals, row);
      batch.push_back(std::move(row));
    }
    if (batch.size() < batch_size) return;
    ledger.plan(run, batch);
    batch.clear();
  });
  if (!batch.empty()) ledger.plan(run, batch);
  return totals;
}

}  // namespace consent_sync::plan
