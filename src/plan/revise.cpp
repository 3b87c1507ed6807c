#include "revise.hpp"

#include <vector>

#include "batch_size.hpp"

namespace consent_sync::plan {
namespace {

using consent::Outcome;
using ledger::PlannedRow;
using ledger::RowResult;

void add_to(PlanTotals& totals, const RowResult& row) {
  ++totals.rows;
  switch (row.outcome) {
    case Outcome::invalid:
      ++totals.invalid;
      break;
    case Outcome::unchanged:
      ++totals.unchanged;
      break;
    case Outcome::superseded:
      ++totals.superseded;
      break;
    case Outcome::conflict:
      ++totals.conflicts;
      break;
    case Outcome::not_found:
      ++totals.not_found;
      break;
    case Outcome::held_back:
      ++totals.held_back;
      break;
    default:
      break;
  }
}

/// Instead of what was planned for the row, and for each of its customers where there are several.
void add_instead(const RowResult& row, PlannedRow instead, std::vector<PlannedRow>& changed) {
  if (row.accounts.empty()) return changed.push_back(std::move(instead));
  for (const ledger::AccountResult& account : row.accounts) {
    ++instead.account;
    instead.before = account.before;
    changed.push_back(instead);
  }
}

}  // namespace

PlanTotals revise(ledger::Ledger& ledger, const ledger::RunId& run, const Objection& objection) {
  PlanTotals totals;
  std::vector<PlannedRow> changed;
  ledger.for_each_row(run, [&](const RowResult& row) {
    std::optional<PlannedRow> instead = objection(row);
    if (!instead) return add_to(totals, row);
    ++totals.rows;
    ++totals.conflicts;
    add_instead(row, std::move(*instead), changed);
    if (changed.size() < batch_size) return;
    ledger.plan(run, changed);
    changed.clear();
  });
  if (!changed.empty()) ledger.plan(run, changed);
  const ledger::ChangeCounts left = ledger.change_counts(run);
  totals.changes = left.changes;
  totals.withdrawals = left.withdrawing;
  totals.grants = left.granting;
  return totals;
}

}  // namespace consent_sync::plan
