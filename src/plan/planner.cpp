#include <consent_sync/plan/planner.hpp>

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include <consent_sync/plan/decision.hpp>

#include "batch_size.hpp"
#include "customer_plan.hpp"

namespace consent_sync::plan {
namespace {

using consent::Outcome;
using ledger::CustomerRows;
using ledger::PlannedRow;

Known known_of(const CustomerRows& customer) {
  return {customer.base, customer.observed ? customer.observed->held : std::nullopt};
}

PlannedRow not_there(const CustomerRows::Row& row) {
  PlannedRow planned = ends_as(Outcome::not_found, row, std::nullopt);
  planned.reason = "The store has no such customer: it was asked before anything was sent";
  return planned;
}

Outcome outcome_of(Decision::Kind kind, const Policy& policy) {
  switch (kind) {
    case Decision::Kind::nothing:
      return Outcome::unchanged;
    case Decision::Kind::send:
      return policy.dry_run ? Outcome::would_apply : Outcome::pending;
    case Decision::Kind::conflict:
      return Outcome::conflict;
    case Decision::Kind::held_back:
      return Outcome::held_back;
    case Decision::Kind::refused:
      return Outcome::invalid;
  }
  return Outcome::conflict;
}

/// Categories that an older row would grant where a newer choice has been carried over: a mended row, or last
/// week's file, must not take a withdrawal back. What an older row withdraws stands. Where each row speaks of
/// a category of its own, so does its time, and nothing can be told.
unsigned overtaken(const CustomerRows::Row& row, consent::Choice choice, const CustomerRows& customer,
                   const Policy& policy) {
  if (policy.composition || policy.restores) return 0;
  if (!row.decided_at || !customer.decided_at || *row.decided_at >= *customer.decided_at) return 0;
  const Known known = known_of(customer);
  return granted_mask(held_now(known).value_or(customer.base.held.value_or(consent::Choice())), choice);
}

void tell_overtaken(PlannedRow& planned, const CustomerRows& customer, bool something_is_left) {
  if (!something_is_left && planned.outcome == Outcome::unchanged) planned.outcome = Outcome::superseded;
  planned.reason += fmt::format(
      "{}a choice of this customer that was made later, at {}, was carried over before: what this row allows "
      "beyond it does not count",
      planned.reason.empty() ? "" : "; ", consent::to_rfc3339(*customer.decided_at));
}

/// The row's word is newer than any that was carried over: so that no older one takes its place, it is noted
/// also where nothing has to be sent.
bool is_newest_word(const CustomerRows::Row& row, const CustomerRows& customer) {
  return row.decided_at && (!customer.decided_at || *customer.decided_at < *row.decided_at);
}

PlannedRow winning(const CustomerRows::Row& row, consent::Choice said, const CustomerRows& customer,
                   const Policy& policy) {
  if (customer.observed && !customer.observed->exists) return not_there(row);
  const Known known = known_of(customer);
  const unsigned too_old = overtaken(row, said, customer, policy);
  const consent::Choice choice = said.only(~too_old);
  Decision decision = decide(known, choice, policy);
  PlannedRow planned = ends_as(outcome_of(decision.kind, policy), row, held_now(known));
  planned.reason = std::move(decision.reason);
  if (decision.kind == Decision::Kind::conflict || decision.kind == Decision::Kind::refused) return planned;
  planned.after = decision.wanted;
  if (too_old != 0) tell_overtaken(planned, customer, decision.kind == Decision::Kind::send);
  if (decision.kind == Decision::Kind::send) {
    planned.change = consent::Change{row.line, customer.customer, planned.before, decision.wanted,
                                     choice,   customer.base,     row.account};
  } else if (known.theirs && policy.believes_observations) {
    planned.settles = consent::Base{known.theirs, decision.asked, false};
  } else if (customer.base.believed() && held_now(known) == customer.base.held && too_old == 0 &&
             (customer.base.asked != decision.asked || is_newest_word(row, customer))) {
    // Nothing is sent, and yet the input has another word than the one that is remembered, or a newer one.
    planned.settles = consent::Base{customer.base.held, decision.asked, false};
  }
  return planned;
}

void add_change_to(PlanTotals& totals, const consent::Change& change) {
  ++totals.changes;
  if (withdraws(change.before, change.wanted)) ++totals.withdrawals;
  if (grants(change.before, change.wanted)) ++totals.grants;
}

void add_to(PlanTotals& totals, const PlannedRow& row) {
  if (row.change) add_change_to(totals, *row.change);
  if (row.account > 1) return;  // rows are counted once
  if (row.outcome == Outcome::unchanged) ++totals.unchanged;
  if (row.outcome == Outcome::superseded) ++totals.superseded;
  if (row.outcome == Outcome::conflict) ++totals.conflicts;
  if (row.outcome == Outcome::invalid) ++totals.invalid;
  if (row.outcome == Outcome::not_found) ++totals.not_found;
  if (row.outcome == Outcome::held_back) ++totals.held_back;
}

// Of rows that say different things, and none of them when, the last counts.
bool is_decided_by_order(const CustomerRows& customer, std::span<const PlannedRow> planned) {
  const auto& rows = customer.rows;
  return std::any_of(planned.begin(), planned.end(),
                     [](const PlannedRow& row) { return row.outcome == Outcome::superseded; }) &&
         std::none_of(rows.begin(), rows.end(), [](const auto& row) { return row.decided_at.has_value(); }) &&
         std::any_of(rows.begin(), rows.end(),
                     [&](const auto& row) { return row.choice != rows.front().choice; });
}

}  // namespace

void plan_customer(const CustomerRows& customer, const Policy& policy, std::vector<PlannedRow>& planned) {
  plan_rows(customer, policy, planned, [&](const CustomerRows::Row& row, consent::Choice choice) {
    return winning(row, choice, customer, policy);
  });
}

bool is_open(const CustomerRows& customer) {
  return !customer.observed || (customer.observed->exists && !customer.observed->held);
}

bool would_change(const CustomerRows& customer, const Policy& policy) {
  std::vector<PlannedRow> planned;
  plan_customer(customer, policy, planned);
  return std::any_of(planned.begin(), planned.end(),
                     [](const PlannedRow& row) { return row.change.has_value(); });
}

PlanTotals make_plan(ledger::Ledger& ledger, const ledger::RunId& run, const Policy& policy) {
  const ledger::OutcomeCounts staged = ledger.counts(run);
  PlanTotals totals;
  totals.rows = staged.total();
  totals.invalid = staged[Outcome::invalid];

  std::vector<PlannedRow> batch;
  ledger.for_each_customer(run, [&](const CustomerRows& customer) {
    ++totals.customers;
    const std::size_t first = batch.size();
    plan_customer(customer, policy, batch);
    for (std::size_t i = first; i < batch.size(); ++i) add_to(totals, batch[i]);
    if (is_decided_by_order(customer, std::span(batch).subspan(first))) ++totals.by_order;
    if (batch.size() < batch_size) return;
    ledger.plan(run, batch);
    batch.clear();
  });
  if (!batch.empty()) ledger.plan(run, batch);
  return totals;
}

}  // namespace consent_sync::plan
