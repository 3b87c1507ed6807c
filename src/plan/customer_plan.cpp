#include "customer_plan.hpp"

#include <algorithm>

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

bool hold_back(const CustomerRows& customer, std::vector<PlannedRow>& planned) {
  const auto invalid = std::find_if(customer.rows.begin(), customer.rows.end(),
                                    [](const CustomerRows::Row& row) { return row.is_invalid; });
  if (invalid == customer.rows.end()) return false;
  for (const CustomerRows::Row& row : customer.rows) {
    if (row.is_invalid) continue;
    planned.push_back(ends_as(Outcome::conflict, row, customer.base.believed()));
    planned.back().reason = fmt::format(
        "line {} of this customer is invalid, and without it the choice is not known", invalid->line);
  }
  return true;
}

PlannedRow superseded(const CustomerRows::Row& row, const CustomerRows& customer,
                      const CustomerRows::Row& winner) {
  PlannedRow planned = ends_as(Outcome::superseded, row, customer.base.believed());
  const bool decides_more = winner.choice.or_else(row.choice) != winner.choice;
  planned.reason = fmt::format("line {} counts for this customer{}", winner.line,
                               decides_more ? "; of this row only what newer rows leave open" : "");
  return planned;
}

}  // namespace consent_sync::plan
