#include "row_plan.hpp"

#include "../accounts.hpp"
#include "staged_row.hpp"

namespace consent_sync::ledger {

void to_result(const RowPlan& row, RowResult& result) {
  result.line = row.row.line;
  result.customer = customer_of(row.row);
  result.decided_at.reset();
  if (const std::optional<Said> said = said_in(row.row)) result.decided_at = said->decided_at;
  result.outcome = row.plan.outcome;
  result.before = row.plan.before;
  result.after = row.plan.after;
  result.reason = row.plan.reason;
  result.is_carried = row.plan.carried_by.has_value();
  result.accounts.clear();
  const bool speaks_for_none = row.plan.outcome != consent::Outcome::pending;
  for (const RowPlan::Owner& owner : row.owners) {
    const PlannedRow& plan = speaks_for_none ? row.plan : owner.plan;
    result.accounts.push_back({owner.customer, plan.outcome, plan.before, plan.after, 0, 0, plan.reason});
  }
  if (!result.accounts.empty()) {
    if (speaks_for_none) {
      result.customer.reset();
    } else {
      sum_up(result);
    }
  }
  result.source.clear();
  if (classify(result.outcome) != consent::OutcomeClass::ok) result.source = row.row.source;
}

}  // namespace consent_sync::ledger
