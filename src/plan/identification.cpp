#include <consent_sync/plan/identification.hpp>

#include <vector>

#include <fmt/format.h>

#include "batch_size.hpp"

namespace consent_sync::plan {
namespace {

using consent::Outcome;
using ledger::AddressedRow;
using ledger::PlannedRow;

/// Nothing: the row speaks for the customers found.
std::optional<PlannedRow> end_of(const AddressedRow& row, const Policy& policy) {
  PlannedRow planned;
  planned.line = row.line;
  switch (row.owners) {
    case AddressedRow::Owners::not_asked:
      planned.outcome = Outcome::unresolved;
      planned.reason =
          "it is not known whose e-mail address this is, and this dry run did not ask the store; --online "
          "asks";
      return planned;
    case AddressedRow::Owners::nobody:
      planned.outcome = Outcome::not_found;
      planned.reason = "The store has no customer with this e-mail address";
      return planned;
    case AddressedRow::Owners::known:
      break;
  }
  const std::size_t count = row.customers.size();
  const bool may_be_all = policy.shared_email == SharedEmail::all && count <= consent::most_accounts;
  if (count == 1 || may_be_all) return std::nullopt;
  planned.outcome = Outcome::conflict;
  // Without their ids: in a reason nobody would find them to erase one. The ledger knows whose the row may
  // be.
  planned.reason = fmt::format(
      "{} customers of the store have this e-mail address: name the right one by its id, or let the row "
      "speak "
      "for all of them (policy.shared_email=all, up to {})",
      count, consent::most_accounts);
  return planned;
}

void count(Identified& totals, const std::optional<PlannedRow>& end) {
  ++totals.rows;
  if (!end) {
    ++totals.known;
  } else if (end->outcome == Outcome::not_found) {
    ++totals.not_found;
  } else if (end->outcome == Outcome::conflict) {
    ++totals.shared;
  } else {
    ++totals.unresolved;
  }
}

}  // namespace

Identified identify_customers(ledger::Ledger& ledger, const ledger::RunId& run, const Policy& policy,
                              consent::Timestamp since) {
  Identified totals;
  std::vector<PlannedRow> batch;
  ledger.identify(run, since, [&](const AddressedRow& row) {
    std::optional<PlannedRow> end = end_of(row, policy);
    if (row.is_invalid) return !end;
    count(totals, end);
    if (!end) return true;
    batch.push_back(std::move(*end));
    if (batch.size() >= batch_size) {
      ledger.plan(run, batch);
      batch.clear();
    }
    return false;
  });
  if (!batch.empty()) ledger.plan(run, batch);
  return totals;
}

}  // namespace consent_sync::plan
