#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <consent_sync/ledger/ledger.hpp>

#include "earlier_problems.hpp"

namespace consent_sync::report {

/// How decisions about one category went, in rows that were (or in a dry run would be) applied: what the
/// ledger held before, and what was asked for. Nothing is known of a category before its first decision.
class CategoryChanges {
 public:
  std::uint64_t& at(consent::Decision before, consent::Decision after) {
    return rows_[static_cast<std::size_t>(before)][static_cast<std::size_t>(after)];
  }
  std::uint64_t at(consent::Decision before, consent::Decision after) const {
    return rows_[static_cast<std::size_t>(before)][static_cast<std::size_t>(after)];
  }

  std::uint64_t granted() const { return at(consent::Decision::deny, consent::Decision::allow); }
  std::uint64_t withdrawn() const { return at(consent::Decision::allow, consent::Decision::deny); }
  std::uint64_t first_allowed() const { return at(consent::Decision::unspecified, consent::Decision::allow); }
  std::uint64_t first_denied() const { return at(consent::Decision::unspecified, consent::Decision::deny); }

 private:
  std::array<std::array<std::uint64_t, 3>, 3> rows_{};
};

/// How store and input compare in one category, over the rows of an audit.
struct CategoryDrift {
  std::uint64_t compared = 0;      ///< the input decides it
  std::uint64_t store_allows = 0;  ///< the input denies
  std::uint64_t store_denies = 0;  ///< the input allows
  std::uint64_t store_open = 0;    ///< the store holds no decision

  std::uint64_t drifted() const { return store_allows + store_denies + store_open; }
};

/// Problem rows of one outcome whose reasons differ at most in the values that they quote.
struct ProblemGroup {
  std::size_t number = 0;  ///< names it, in the order of the input
  consent::Outcome outcome = consent::Outcome::invalid;
  std::string reason;
  std::uint64_t rows = 0;
  consent::LineNumber first_line = 0;
};

/// A problem row that the page shows.
struct ProblemRow {
  std::size_t group = 0;  ///< its number
  bool is_new = false;    ///< they had no problem in the run before; false if there was none
  ledger::RowResult row;
};

/// What the page tells of a run's rows, gathered from all of them in bounded memory.
class Digest {
 public:
  static constexpr std::size_t first_rows = 1000;  ///< problem rows kept, the first of the input, and
  static constexpr std::size_t rows_a_group = 10;  ///< of each reason at least so many

  /// `earlier`, if any, outlives it.
  explicit Digest(EarlierProblems* earlier = nullptr) : earlier_(earlier) {}

  void add(const ledger::RowResult& row);

  const ledger::OutcomeCounts& counts() const { return counts_; }
  const CategoryChanges& changes_of(consent::Category category) const {
    return changes_[static_cast<std::size_t>(category)];
  }
  const CategoryDrift& drift_of(consent::Category category) const {
    return drift_[static_cast<std::size_t>(category)];
  }
  /// Largest first.
  std::vector<ProblemGroup> problem_groups() const;
  /// In the order of the input.
  const std::vector<ProblemRow>& problem_rows() const { return problem_rows_; }

  std::uint64_t tried_again() const { return tried_again_; }        ///< rows that took more than one try
  std::uint64_t tried_again_ok() const { return tried_again_ok_; }  ///< of them, those that ended ok
  /// Null if no run came before.
  const EarlierProblems* earlier() const { return earlier_; }
  /// Rows are held against those of the run before.
  bool compares_rows() const { return earlier_ != nullptr && earlier_->knows_all_rows(); }
  std::uint64_t new_problems() const { return new_problems_; }
  /// Applied rows that an undo can take back: what was held before is known, and decided what they decide.
  std::uint64_t undoable() const { return undoable_; }

 private:
  void add_problem(const ledger::RowResult& row, bool is_new);
  ProblemGroup& group_of(const ledger::RowResult& row);
  void add_comparison(consent::Outcome outcome, const std::optional<consent::Choice>& before,
                      const std::optional<consent::Choice>& after);
  void add_change(const std::optional<consent::Choice>& held, consent::Choice asked);
  void add_drift(consent::Choice held, consent::Choice asked);

  EarlierProblems* earlier_;
  ledger::OutcomeCounts counts_;
  std::array<CategoryChanges, consent::all_categories.size()> changes_{};
  std::array<CategoryDrift, consent::all_categories.size()> drift_{};
  std::vector<ProblemRow> problem_rows_;
  std::map<std::pair<consent::Outcome, std::string>, ProblemGroup> groups_;
  std::uint64_t new_problems_ = 0;
  std::uint64_t undoable_ = 0;
  std::uint64_t tried_again_ = 0;
  std::uint64_t tried_again_ok_ = 0;
};

}  // namespace consent_sync::report
