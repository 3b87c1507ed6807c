#include <consent_sync/plan/undo.hpp>

#include <fmt/format.h>

#include <consent_sync/plan/planner.hpp>

#include "revise.hpp"

namespace consent_sync::plan {
namespace {

using consent::Outcome;
using ledger::EvidenceEntry;
using ledger::PlannedRow;
using ledger::RowResult;

/// The plan would change the customer, or would if it might: what is so already needs nobody's word.
bool is_about_to_change(const RowResult& row) {
  return row.outcome == Outcome::pending || row.outcome == Outcome::would_apply ||
         row.outcome == Outcome::held_back;
}

PlannedRow overtaken(const RowResult& row, const EvidenceEntry& entry) {
  PlannedRow conflict;
  conflict.line = row.line;
  conflict.outcome = Outcome::conflict;
  conflict.before = row.before;
  conflict.reason =
      row.before
          ? fmt::format("run {} left {}, and since then it has become {}: a later change is not undone",
                        entry.run, to_string(*entry.after), to_string(*row.before))
          : fmt::format("run {} left {}, and what the store holds now is in doubt", entry.run,
                        to_string(*entry.after));
  return conflict;
}

/// Categories that the run decided and that were undecided before: the API has no word for taking a decision
/// back.
unsigned cannot_be_undecided(const EvidenceEntry& entry, const Policy& policy) {
  if (policy.unspecified != Unspecified::keep || !entry.before || !entry.after) return 0;
  return entry.after->decided_mask() & ~entry.before->decided_mask();
}

PlannedRow undecided(const RowResult& row, const EvidenceEntry& entry, unsigned categories) {
  PlannedRow conflict;
  conflict.line = row.line;
  conflict.outcome = Outcome::conflict;
  conflict.before = row.before;
  conflict.reason = fmt::format(
      "before run {} nothing was decided where it set {}, and a decision cannot be taken back: "
      "--policy-unspecified=deny would deny it",
      entry.run, to_string(entry.after->only(categories)));
  return conflict;
}

std::optional<PlannedRow> objection_to(const RowResult& row, const EvidenceEntry& entry,
                                       const Policy& policy) {
  if (row.outcome == Outcome::invalid) return std::nullopt;
  if (is_about_to_change(row) && row.before != entry.after) return overtaken(row, entry);
  const unsigned left = cannot_be_undecided(entry, policy);
  if (left != 0 && row.before == entry.after) return undecided(row, entry, left);
  return std::nullopt;
}

}  // namespace

PlanTotals make_undo_plan(ledger::Ledger& ledger, const ledger::Run& run, const Policy& policy) {
  const std::uint64_t customers = make_plan(ledger, run.id, policy).customers;
  const std::unique_ptr<ledger::EvidenceCursor> history =
      ledger.read_evidence(run.store, {std::nullopt, run.undoes});
  PlanTotals totals = revise(ledger, run.id, [&](const RowResult& row) -> std::optional<PlannedRow> {
    const EvidenceEntry* entry = history->next();
    if (entry == nullptr || entry->sequence != static_cast<std::uint64_t>(row.line)) {
      throw ledger::LedgerError(fmt::format("The history of run {} has changed meanwhile.", run.undoes));
    }
    return objection_to(row, *entry, policy);
  });
  totals.customers = customers;
  return totals;
}

}  // namespace consent_sync::plan
