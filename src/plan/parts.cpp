#include "parts.hpp"

#include <map>
#include <optional>

#include <fmt/format.h>

#include <consent_sync/plan/duplicates.hpp>

#include "customer_plan.hpp"

namespace consent_sync::plan {
namespace {

using consent::Outcome;
using consent::PartState;
using ledger::CustomerRows;
using ledger::PlannedRow;

using Indices = std::vector<std::size_t>;

std::map<consent::Part, Indices> by_part(const CustomerRows& customer) {
  std::map<consent::Part, Indices> parts;
  for (std::size_t i = 0; i < customer.rows.size(); ++i) {
    const consent::Part part = customer.rows[i].part.value_or(consent::no_part);
    if (part != consent::no_part) parts[part].push_back(i);
  }
  return parts;
}

Resolution resolve_part(const CustomerRows& customer, const Indices& indices) {
  std::vector<CustomerRows::Row> rows;
  rows.reserve(indices.size());
  for (const std::size_t index : indices) rows.push_back(customer.rows[index]);
  Resolution resolution = resolve(rows);
  if (resolution.winner) resolution.winner = indices[*resolution.winner];
  return resolution;
}

PartState state_of(consent::Choice choice) {
  if (choice.is_empty()) return PartState::unspecified;
  return choice.allow_mask() != 0 ? PartState::allow : PartState::deny;
}

void let_all_conflict(const CustomerRows& customer, const Contradiction& found,
                      std::vector<PlannedRow>& planned) {
  for (const CustomerRows::Row& row : customer.rows) planned.push_back(conflicting(row, customer, found));
}

PlannedRow without_say(const CustomerRows::Row& row, const CustomerRows& customer) {
  PlannedRow planned = ends_as(Outcome::unchanged, row, customer.base.believed());
  planned.reason = "the mapping passes over its category (ignored)";
  return planned;
}

PlannedRow undecided(const CustomerRows::Row& row, const CustomerRows& customer) {
  PlannedRow planned = ends_as(Outcome::invalid, row, customer.base.believed());
  planned.reason = "the customer's rows decide nothing: no category is allowed or denied";
  return planned;
}

PlannedRow carried(const CustomerRows::Row& row, const PlannedRow& carrier) {
  PlannedRow planned = carrier;
  planned.line = row.line;
  planned.account = row.account;
  planned.change.reset();
  planned.settles.reset();
  if (carrier.change) {
    planned.carried_by = carrier.line;
    planned.carrier_account = carrier.account;
  }
  return planned;
}

}  // namespace

void plan_parts(const CustomerRows& customer, const consent::Composition& composition,
                std::vector<PlannedRow>& planned, const PlanChoice& winning) {
  std::vector<PartState> states(composition.parts, PartState::absent);
  std::map<std::size_t, std::size_t> winner_of;  // by the index of the row, of every part that is there
  for (const auto& [part, indices] : by_part(customer)) {
    const Resolution resolution = resolve_part(customer, indices);
    if (resolution.contradiction) return let_all_conflict(customer, *resolution.contradiction, planned);
    for (const std::size_t index : indices) winner_of[index] = *resolution.winner;
    states[part] = state_of(customer.rows[*resolution.winner].choice);
  }
  const consent::Choice choice = compose(composition, states);

  std::optional<PlannedRow> carrier;
  for (std::size_t i = 0; i < customer.rows.size(); ++i) {
    const CustomerRows::Row& row = customer.rows[i];
    const auto winner = winner_of.find(i);
    if (winner == winner_of.end()) {
      planned.push_back(without_say(row, customer));
    } else if (winner->second != i) {
      planned.push_back(superseded(row, customer, customer.rows[winner->second]));
    } else if (choice.is_empty()) {
      planned.push_back(undecided(row, customer));
    } else if (carrier) {
      planned.push_back(carried(row, *carrier));
    } else {
      carrier = winning(row, choice);
      planned.push_back(*carrier);
    }
  }
}

}  // namespace consent_sync::plan
