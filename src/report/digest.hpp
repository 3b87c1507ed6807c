#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::report {

/// How decisions about one category changed, in rows that were (or in a dry run would be) applied. Nothing is
/// known of a category before its first decision.
struct CategoryChanges {
  std::uint64_t granted = 0;    ///< from deny to allow
  std::uint64_t withdrawn = 0;  ///< from allow to deny
  std::uint64_t first_allowed = 0;
  std::uint64_t first_denied = 0;
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
  consent::Outcome outcome = consent::Outcome::invalid;
  std::string reason;
  std::uint64_t rows = 0;
  consent::LineNumber first_line = 0;
};

/// What the page tells of a run's rows, gathered from all of them in bounded memory.
class Digest {
 public:
  static constexpr std::size_t max_rows = 200;  ///< problem rows kept, the first of the input
  static constexpr std::size_t max_groups =
      500;  ///< beyond these, a problem is counted under "other reasons"

  void add(const ledger::RowResult& row);

  const ledger::OutcomeCounts& counts() const { return counts_; }
  const std::vector<ledger::RowResult>& first_problems() const { return first_problems_; }
  const CategoryChanges& changes_of(consent::Category category) const {
    return changes_[static_cast<std::size_t>(category)];
  }
  const CategoryDrift& drift_of(consent::Category category) const {
    return drift_[static_cast<std::size_t>(category)];
  }
  /// Largest first.
  std::vector<ProblemGroup> problem_groups() const;

 private:
  void add_problem(const ledger::RowResult& row);
  void add_comparison(consent::Outcome outcome, const std::optional<consent::Choice>& before,
                      const std::optional<consent::Choice>& after);
  void add_change(const std::optional<consent::Choice>& held, consent::Choice asked);
  void add_drift(consent::Choice held, consent::Choice asked);

  ledger::OutcomeCounts counts_;
  std::array<CategoryChanges, consent::all_categories.size()> changes_{};
  std::array<CategoryDrift, consent::all_categories.size()> drift_{};
  std::vector<ledger::RowResult> first_problems_;
  std::map<std::pair<consent::Outcome, std::string>, ProblemGroup> groups_;
};

}  // namespace consent_sync::report
