#include "digest.hpp"

#include <algorithm>

#include "problem_reason.hpp"
#include "utf8.hpp"

namespace consent_sync::report {
namespace {

using consent::Decision;
using consent::Outcome;
using consent::OutcomeClass;

/// The API has no word for taking a decision back.
template <class Result>
bool can_be_undone(const Result& result) {
  return result.before && result.after &&
         (result.after->decided_mask() & ~result.before->decided_mask()) == 0;
}

bool is_undoable(const ledger::RowResult& row) {
  if (row.outcome != Outcome::applied) return false;
  return row.accounts.empty() ? can_be_undone(row)
                              : std::ranges::all_of(row.accounts, can_be_undone<ledger::AccountResult>);
}

}  // namespace

void Digest::add(const ledger::RowResult& row) {
  ++counts_[row.outcome];
  const bool was_problem = earlier_ != nullptr && earlier_->meet(row);
  const OutcomeClass end = consent::classify(row.outcome);
  if (end == OutcomeClass::problem) add_problem(row, compares_rows() && !was_problem);
  if (!row.is_carried && is_undoable(row)) ++undoable_;
  if (row.accounts.empty() && !row.is_carried) add_comparison(row.outcome, row.before, row.after);
  for (const ledger::AccountResult& account : row.accounts) {
    add_comparison(account.outcome, account.before, account.after);
  }
  if (row.attempts > 1) {
    ++tried_again_;
    if (end == OutcomeClass::ok) ++tried_again_ok_;
  }
}

void Digest::add_comparison(Outcome outcome, const std::optional<consent::Choice>& before,
                            const std::optional<consent::Choice>& after) {
  if (!after) return;
  if (outcome == Outcome::applied || outcome == Outcome::would_apply) add_change(before, *after);
  if (before && (outcome == Outcome::in_sync || outcome == Outcome::drifted)) add_drift(*before, *after);
}

void Digest::add_problem(const ledger::RowResult& row, bool is_new) {
  ProblemGroup& group = group_of(row);
  ++group.rows;
  if (is_new) ++new_problems_;
  if (problem_rows_.size() >= first_rows && group.rows > rows_a_group) return;
  ProblemRow& kept = problem_rows_.emplace_back(ProblemRow{group.number, is_new, row});
  kept.row.source.clear();
  kept.row.reason = shortened(row.reason, longest_reason);
}

ProblemGroup& Digest::group_of(const ledger::RowResult& row) {
  auto key = std::pair(row.outcome, general_reason(row.reason));
  if (groups_.size() >= most_reasons && !groups_.contains(key)) key.second = other_reasons;
  const auto [found, is_first] = groups_.try_emplace(std::move(key));
  ProblemGroup& group = found->second;
  if (is_first) {
    group.number = groups_.size() - 1;
    group.outcome = found->first.first;
    group.reason = found->first.second;
    group.first_line = row.line;
  }
  return group;
}

void Digest::add_change(const std::optional<consent::Choice>& held, consent::Choice asked) {
  for (const consent::Category category : consent::all_categories) {
    const Decision before = held ? held->of(category) : Decision::unspecified;
    ++changes_[static_cast<std::size_t>(category)].at(before, asked.of(category));
  }
}

void Digest::add_drift(consent::Choice held, consent::Choice asked) {
  for (const consent::Category category : consent::all_categories) {
    const Decision input = asked.of(category);
    const Decision store = held.of(category);
    if (input == Decision::unspecified) continue;
    CategoryDrift& drift = drift_[static_cast<std::size_t>(category)];
    ++drift.compared;
    if (store == Decision::unspecified) {
      ++drift.store_open;
    } else if (store != input) {
      ++(store == Decision::allow ? drift.store_allows : drift.store_denies);
    }
  }
}

std::vector<ProblemGroup> Digest::problem_groups() const {
  std::vector<ProblemGroup> groups;
  for (const auto& [key, group] : groups_) groups.push_back(group);
  std::ranges::stable_sort(groups, std::ranges::greater{}, &ProblemGroup::rows);
  return groups;
}

}  // namespace consent_sync::report
