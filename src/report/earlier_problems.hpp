#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/ledger/run.hpp>

namespace consent_sync::report {

/// What has become of the problems of the run before. Rows are told apart by their customer, or, where that
/// was not understood, by their text.
struct Comparison {
  bool row_by_row =
      true;  ///< false: one of the runs has too many problem rows, and only reasons are compared
  std::uint64_t before = 0;       ///< problem rows of the run before: again + mended + left_out + not_reached
  std::uint64_t again = 0;        ///< of them, of those who have a problem in this run too
  std::uint64_t mended = 0;       ///< whose customer's rows all ended ok in this run
  std::uint64_t left_out = 0;     ///< of whom this run's input has nothing
  std::uint64_t not_reached = 0;  ///< that this run did not reach before it stopped
};

/// The problem rows of the run before, against which this run's rows are held.
class EarlierProblems {
 public:
  static constexpr std::size_t most_rows = 200'000;

  explicit EarlierProblems(ledger::Run run) : run_(std::move(run)) {}

  /// A problem row of that run.
  void add(const ledger::RowResult& row);
  /// A row of this run. True: it is a problem that was one before.
  bool meet(const ledger::RowResult& row);

  const ledger::Run& run() const { return run_; }
  /// See Comparison::row_by_row.
  bool knows_all_rows() const { return row_by_row_; }
  Comparison comparison() const;
  /// Rows that ended so for this reason (see general_reason()).
  std::uint64_t rows_of(consent::Outcome outcome, const std::string& reason) const;
  /// Reasons for which rows ended so then.
  const std::map<std::pair<consent::Outcome, std::string>, std::uint64_t>& reasons() const {
    return reasons_;
  }

 private:
  enum class Now : std::uint8_t { left_out, ok, pending, problem };
  struct Standing {
    std::uint64_t rows = 0;
    Now now = Now::left_out;
  };

  ledger::Run run_;
  bool row_by_row_ = true;
  std::uint64_t rows_ = 0;
  std::unordered_map<std::uint64_t, Standing> standings_;
  std::map<std::pair<consent::Outcome, std::string>, std::uint64_t> reasons_;
};

/// The problems of the run of the same store and mode before this one; nothing if there is none.
std::optional<EarlierProblems> problems_before(ledger::Ledger& ledger, const ledger::Run& run);

}  // namespace consent_sync::report
