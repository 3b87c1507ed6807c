#include "customer_plan.hpp"

#include <fmt/format.h>

namespace consent_sync::plan {

using consent::Outcome;
using ledger::CustomerRows;
using ledger::PlannedRow;

PlannedRow ends_as(Outcome outcome, const CustomerRows::Row& row, std::optional<consent::Choice> before) {
  PlannedRow planned;
  planned.line = row.line;
  planned.account = row.account;
  planned.outcome = outcome;
  planned.before = before;
  return planned;
}

PlannedRow conflicting(const CustomerRows::Row& row, const CustomerRows& customer,
                       const Contradiction& found) {
  PlannedRow planned = ends_as(Outcome::conflict, row, customer.base.believed());
  planned.reason = fmt::format(
      "lines {} and {} give this customer different choices at the same decided_at: keep only the right one",
      found.first, found.second);
  return planned;
}

PlannedRow superseded(const CustomerRows::Row& row, const CustomerRows& customer,
                      const CustomerRows::Row& winner) {
  PlannedRow planned = ends_as(Outcome::superseded, row, customer.base.believed());
  planned.reason = fmt::format("line {} counts for this customer", winner.line);
  return planned;
}

}  // namespace consent_sync::plan
