#include "outcome_words.hpp"

#include <algorithm>
#include <array>

namespace consent_sync::report {
namespace {

using consent::Outcome;

constexpr std::array sync_outcomes{
    Outcome::applied,  Outcome::unchanged, Outcome::superseded, Outcome::invalid,
    Outcome::conflict, Outcome::not_found, Outcome::rejected,   Outcome::mismatch,
    Outcome::failed,   Outcome::unknown,   Outcome::held_back,  Outcome::pending,
};
constexpr std::array dry_run_outcomes{
    Outcome::would_apply, Outcome::unchanged,  Outcome::superseded, Outcome::invalid, Outcome::conflict,
    Outcome::not_found,   Outcome::unresolved, Outcome::held_back,  Outcome::pending,
};
constexpr std::array audit_outcomes{
    Outcome::in_sync,  Outcome::drifted,   Outcome::not_sampled, Outcome::superseded, Outcome::invalid,
    Outcome::conflict, Outcome::not_found, Outcome::failed,      Outcome::pending,
};

}  // namespace

std::span<const Outcome> outcomes_of(ledger::Mode mode) {
  if (mode == ledger::Mode::dry_run) return dry_run_outcomes;
  if (mode == ledger::Mode::audit) return audit_outcomes;
  return sync_outcomes;
}

std::vector<Outcome> listed_outcomes(ledger::Mode mode, const ledger::OutcomeCounts& counts) {
  const auto expected = outcomes_of(mode);
  std::vector<Outcome> outcomes(expected.begin(), expected.end());
  for (const Outcome outcome : consent::all_outcomes) {
    if (counts[outcome] != 0 && std::ranges::find(expected, outcome) == expected.end()) {
      outcomes.push_back(outcome);
    }
  }
  return outcomes;
}

std::string_view meaning(Outcome outcome) {
  switch (outcome) {
    case Outcome::applied:
      return "Sent, and the store's own reply equals what was asked.";
    case Outcome::unchanged:
      return "Already so; nothing had to be sent.";
    case Outcome::superseded:
      return "A newer or later row for the same customer counted instead.";
    case Outcome::invalid:
      return "The row could not be understood; nothing was sent.";
    case Outcome::conflict:
      return "It cannot be told which choice is right, or something changed since the plan was approved; "
             "nothing was sent.";
    case Outcome::not_found:
      return "The store has no such customer.";
    case Outcome::rejected:
      return "The store refused the data.";
    case Outcome::mismatch:
      return "The store answered, but holds something else than asked, also after a retry.";
    case Outcome::failed:
      return "Every try was spent, and none can have been applied.";
    case Outcome::unknown:
      return "Every try was spent, and one of them may have been applied.";
    case Outcome::pending:
      return "Not reached before the run stopped.";
    case Outcome::would_apply:
      return "A sync would send this change.";
    case Outcome::in_sync:
      return "The store holds what the input says.";
    case Outcome::drifted:
      return "The store holds something else than the input says.";
    case Outcome::held_back:
      return "It would change the store in a direction that policy.direction does not permit; nothing was "
             "sent.";
    case Outcome::not_sampled:
      return "This customer was not drawn for the sample; the store was not asked.";
    case Outcome::unresolved:
      return "It is not known whose e-mail address this is; the store was not asked.";
  }
  return "";
}

std::string_view advice(Outcome outcome) {
  switch (outcome) {
    case Outcome::invalid:
      return "Mend the cells that the reasons name.";
    case Outcome::conflict:
      return "Find out which choice is right, and keep only that row; mend the row that could not be read, "
             "where the customer has one; or plan anew where the plan was overtaken.";
    case Outcome::not_found:
      return "Check the customer ids, or take out customers who have left.";
    case Outcome::rejected:
      return "The reasons are the store's own words: mend what it names.";
    case Outcome::mismatch:
      return "Look at these customers in the store: another app may be writing their consent.";
    case Outcome::failed:
      return "Try them again; the store was not changed.";
    case Outcome::unknown:
      return "Try them again: what the store holds of these customers is in doubt until it confirms.";
    case Outcome::drifted:
      return "Find out whose choice is right. A sync sends what no run has carried over yet. Where the store "
             "was "
             "changed since, its choice stands, and a sync that trusts the ledger (policy.check_store) does "
             "not "
             "even see it: should the input count as if for the first time, sync it once with a ledger of "
             "its "
             "own, --ledger sqlite:once.db --policy-check-store all; policy.first_run says who wins then.";
    case Outcome::unresolved:
      return "Plan again with --online: the store then says whose addresses they are.";
    default:
      return "";
  }
}

std::string_view advice_for_undo(Outcome outcome) {
  switch (outcome) {
    case Outcome::invalid:
      return "What the store held before is not known: decide what these customers chose, and send it with a "
             "sync.";
    case Outcome::conflict:
      return "The reasons say what stands against it: decide what these customers chose, and send it with a "
             "sync.";
    case Outcome::not_found:
      return "These customers have left: there is nothing to take back.";
    default:
      return advice(outcome);
  }
}

}  // namespace consent_sync::report
