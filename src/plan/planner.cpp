#include <consent_sync/plan/planner.hpp>

#include <fmt/format.h>

#include <consent_sync/plan/delta.hpp>
#include <consent_sync/plan/duplicates.hpp>

namespace consent_sync::plan {
namespace {

using consent::Outcome;
using ledger::CustomerRows;
using ledger::PlannedRow;

constexpr std::size_t batch_size = 4096;

PlannedRow ends_as(Outcome outcome, const CustomerRows::Row& row, std::optional<consent::Choice> confirmed) {
  PlannedRow planned;
  planned.line = row.line;
  planned.outcome = outcome;
  planned.before = confirmed;
  return planned;
}

PlannedRow conflicting(const CustomerRows::Row& row, const CustomerRows& customer,
                       const Contradiction& found) {
  PlannedRow planned = ends_as(Outcome::conflict, row, customer.confirmed);
  planned.reason = fmt::format(
      "lines {} and {} give this customer different choices at the same decided_at: keep only the right one",
      found.first, found.second);
  return planned;
}

PlannedRow superseded(const CustomerRows::Row& row, const CustomerRows& customer,
                      const CustomerRows::Row& winner) {
  PlannedRow planned = ends_as(Outcome::superseded, row, customer.confirmed);
  planned.reason = fmt::format("line {} counts for this customer", winner.line);
  return planned;
}

PlannedRow winning(const CustomerRows::Row& row, const CustomerRows& customer, const Policy& policy) {
  const consent::Choice wanted = complete(row.choice, customer.confirmed, policy.unspecified);
  PlannedRow planned = ends_as(Outcome::unchanged, row, customer.confirmed);
  planned.after = wanted;
  planned.change = change_to(wanted, customer.confirmed, customer.customer, row.line);
  if (planned.change) planned.outcome = policy.dry_run ? Outcome::would_apply : Outcome::pending;
  return planned;
}

void add_to(PlanTotals& totals, const PlannedRow& row) {
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
  const Resolution resolution = resolve(customer.rows);
  std::vector<PlannedRow> planned;
  planned.reserve(customer.rows.size());
  for (std::size_t i = 0; i < customer.rows.size(); ++i) {
    const CustomerRows::Row& row = customer.rows[i];
    if (resolution.contradiction) {
      planned.push_back(conflicting(row, customer, *resolution.contradiction));
    } else if (i == resolution.winner) {
      planned.push_back(winning(row, customer, policy));
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
