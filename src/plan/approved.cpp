#include <consent_sync/plan/approved.hpp>

#include <fmt/format.h>

#include <vector>

#include <consent_sync/plan/planner.hpp>

namespace consent_sync::plan {
namespace {

using consent::Outcome;
using ledger::PlannedRow;
using ledger::RowResult;

constexpr std::size_t batch_size = 4096;

bool is_as_approved(const RowResult& now, const RowResult& approved) {
  const Outcome same = now.outcome == Outcome::pending ? Outcome::would_apply : now.outcome;
  return same == approved.outcome && now.before == approved.before && now.after == approved.after;
}

std::string describe(const RowResult& row) {
  const std::string before = row.before ? to_string(*row.before) : "nothing known";
  if (!row.after) return fmt::format("{}, with {} before", to_string(row.outcome), before);
  return fmt::format("{} after {}", to_string(*row.after), before);
}

PlannedRow moved(const RowResult& now, const RowResult& approved) {
  PlannedRow row;
  row.line = now.line;
  row.outcome = Outcome::conflict;
  row.before = now.before;
  row.reason = fmt::format(
      "the ledger has moved since the plan was approved: approved was {}, now it would be {}; plan anew",
      describe(approved), describe(now));
  return row;
}

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

PlanTotals make_approved_plan(ledger::Ledger& ledger, const ledger::RunId& run, const ledger::RunId& approved,
                              const Policy& policy) {
  PlanTotals totals;
  totals.customers = make_plan(ledger, run, policy).customers;
  const std::unique_ptr<ledger::RowCursor> approved_rows = ledger.read_rows(approved);
  std::vector<PlannedRow> conflicts;
  ledger.for_each_row(run, [&](const RowResult& now) {
    const RowResult* then = approved_rows->next();
    if (then == nullptr || then->line != now.line) {
      throw ledger::LedgerError(fmt::format("The rows of plan {} are not those of its input.", approved));
    }
    if (is_as_approved(now, *then)) return add_to(totals, now);
    ++totals.rows;
    ++totals.conflicts;
    conflicts.push_back(moved(now, *then));
    if (conflicts.size() < batch_size) return;
    ledger.plan(run, conflicts);
    conflicts.clear();
  });
  if (!conflicts.empty()) ledger.plan(run, conflicts);
  return totals;
}

}  // namespace consent_sync::plan
