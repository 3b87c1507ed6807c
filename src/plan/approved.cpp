#include <consent_sync/plan/approved.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <consent_sync/plan/planner.hpp>

#include "revise.hpp"

namespace consent_sync::plan {
namespace {

using consent::Outcome;
using ledger::PlannedRow;
using ledger::RowResult;

Outcome in_a_dry_run(Outcome outcome) {
  return outcome == Outcome::pending ? Outcome::would_apply : outcome;
}

/// Whether it is for one customer, or for several that share an address.
template <class Result>
bool is_alike(const Result& now, const Result& approved) {
  return in_a_dry_run(now.outcome) == approved.outcome && now.customer == approved.customer &&
         now.before == approved.before && now.after == approved.after;
}

bool is_as_approved(const RowResult& now, const RowResult& approved) {
  if (now.accounts.empty() && approved.accounts.empty()) return is_alike(now, approved);
  return std::equal(now.accounts.begin(), now.accounts.end(), approved.accounts.begin(),
                    approved.accounts.end(), is_alike<ledger::AccountResult>);
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

// Whoever approved the plan approved that nothing happens here, as of an undo that knows no way back.
PlannedRow still_undecided(const RowResult& now, const RowResult& approved) {
  PlannedRow row;
  row.line = now.line;
  row.outcome = Outcome::conflict;
  row.before = now.before;
  row.reason = approved.reason;
  return row;
}

}  // namespace

PlanTotals make_approved_plan(ledger::Ledger& ledger, const ledger::RunId& run, const ledger::RunId& approved,
                              Policy policy) {
  policy.believes_observations = false;
  const std::uint64_t customers = make_plan(ledger, run, policy).customers;
  const std::unique_ptr<ledger::RowCursor> approved_rows = ledger.read_rows(approved);
  PlanTotals totals = revise(ledger, run, [&](const RowResult& now) -> std::optional<PlannedRow> {
    const RowResult* then = approved_rows->next();
    if (then == nullptr || then->line != now.line) {
      throw ledger::LedgerError(fmt::format("The rows of plan {} are not those of its input.", approved));
    }
    if (is_as_approved(now, *then)) return std::nullopt;
    return then->outcome == Outcome::conflict ? still_undecided(now, *then) : moved(now, *then);
  });
  totals.customers = customers;
  return totals;
}

}  // namespace consent_sync::plan
