#include "planned_row.hpp"

#include <fmt/format.h>

#include <consent_sync/plan/delta.hpp>

namespace consent_sync::plan {

using consent::Outcome;
using ledger::CustomerRows;
using ledger::PlannedRow;

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

PlannedRow winning(const CustomerRows::Row& row, consent::Choice choice, const CustomerRows& customer,
                   const Policy& policy) {
  const consent::Choice wanted = complete(choice, customer.confirmed, policy.unspecified);
  PlannedRow planned = ends_as(Outcome::unchanged, row, customer.confirmed);
  planned.after = wanted;
  planned.change = change_to(wanted, customer.confirmed, customer.customer, row.line);
  if (planned.change) planned.outcome = policy.dry_run ? Outcome::would_apply : Outcome::pending;
  return planned;
}

}  // namespace consent_sync::plan
