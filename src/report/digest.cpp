#include "digest.hpp"

#include <algorithm>

#include "utf8.hpp"

namespace consent_sync::report {
namespace {

using consent::Decision;
using consent::Outcome;

constexpr std::size_t max_reason = 300;

bool names_a_line(std::string_view text) {
  return text.ends_with("line ") || text.ends_with("lines ") || text.ends_with("… and ");
}

/// Values in double quotes and line numbers differ from row to row; the fault that the reason names does not.
std::string without_values(std::string_view reason) {
  std::string general;
  bool quoted = false;
  bool in_number = false;
  for (const char c : reason) {
    const bool digit = c >= '0' && c <= '9';
    if (c == '"') {
      quoted = !quoted;
      general += quoted ? "\"…" : "\"";
    } else if (!quoted && digit && (in_number || names_a_line(general))) {
      if (!in_number) general += "…";
      in_number = true;
    } else if (!quoted) {
      general += c;
      in_number = false;
    }
  }
  return shortened(general, max_reason);
}

void count(CategoryChanges& changes, Decision before, Decision after) {
  if (before == after || after == Decision::unspecified) return;
  if (before == Decision::unspecified) {
    ++(after == Decision::allow ? changes.first_allowed : changes.first_denied);
  } else {
    ++(after == Decision::allow ? changes.granted : changes.withdrawn);
  }
}

}  // namespace

void Digest::add(const ledger::RowResult& row) {
  ++counts_[row.outcome];
  if (consent::classify(row.outcome) == consent::OutcomeClass::problem) add_problem(row);
  if (row.accounts.empty()) add_comparison(row.outcome, row.before, row.after);
  for (const ledger::AccountResult& account : row.accounts) {
    add_comparison(account.outcome, account.before, account.after);
  }
}

void Digest::add_comparison(Outcome outcome, const std::optional<consent::Choice>& before,
                            const std::optional<consent::Choice>& after) {
  if (!after) return;
  if (outcome == Outcome::applied || outcome == Outcome::would_apply) add_change(before, *after);
  if (before && (outcome == Outcome::in_sync || outcome == Outcome::drifted)) add_drift(*before, *after);
}

void Digest::add_problem(const ledger::RowResult& row) {
  if (first_problems_.size() < max_rows) {
    ledger::RowResult& kept = first_problems_.emplace_back(row);
    kept.source.clear();
    kept.reason = shortened(row.reason, max_reason);
  }
  auto key = std::pair(row.outcome, without_values(row.reason));
  if (groups_.size() >= max_groups && !groups_.contains(key)) key.second = "other reasons";
  ProblemGroup& group = groups_[key];
  if (group.rows++ != 0) return;
  group.outcome = key.first;
  group.reason = key.second;
  group.first_line = row.line;
}

void Digest::add_change(const std::optional<consent::Choice>& held, consent::Choice asked) {
  for (const consent::Category category : consent::all_categories) {
    const Decision before = held ? held->of(category) : Decision::unspecified;
    count(changes_[static_cast<std::size_t>(category)], before, asked.of(category));
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
