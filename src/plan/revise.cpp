#include "revise.hpp"

#include <vector>

namespace consent_sync::plan {
namespace {

using consent::Outcome;
using ledger::PlannedRow;
using ledger::RowResult;

constexpr std::size_t batch_size = 4096;

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
      ++totals.changes;
      if (row.after && withdraws(row.before, *row.after)) ++totals.withdrawals;
      if (row.after && grants(row.before, *row.after)) ++totals.grants;
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
    changed.push_back(std::move(*instead));
    if (changed.size() < batch_size) return;
    ledger.plan(run, changed);
    changed.clear();
  });
  if (!changed.empty()) ledger.plan(run, changed);
  return totals;
}

}  // namespace consent_sync::plan
