#include "earlier_problems.hpp"

#include <algorithm>
#include <functional>

#include "problem_reason.hpp"

namespace consent_sync::report {
namespace {

using consent::OutcomeClass;

/// Of a row of a customer their id, which is positive; of any other a number beyond all ids.
std::uint64_t key_of(const ledger::RowResult& row) {
  if (row.customer) return static_cast<std::uint64_t>(row.customer->value());
  return std::hash<std::string_view>{}(row.source) | std::uint64_t{1} << 63U;
}

}  // namespace

void EarlierProblems::add(const ledger::RowResult& row) {
  ++rows_;
  auto key = std::pair(row.outcome, general_reason(row.reason));
  if (reasons_.size() >= most_reasons && !reasons_.contains(key)) key.second = other_reasons;
  ++reasons_[key];
  if (standings_.size() < most_rows) {
    ++standings_[key_of(row)].rows;
  } else {
    row_by_row_ = false;
  }
}

bool EarlierProblems::meet(const ledger::RowResult& row) {
  if (standings_.empty()) return false;
  const auto found = standings_.find(key_of(row));
  if (found == standings_.end()) return false;
  Now now = Now::ok;
  if (consent::classify(row.outcome) == OutcomeClass::unfinished) now = Now::pending;
  if (consent::classify(row.outcome) == OutcomeClass::problem) now = Now::problem;
  // Of several rows of a customer the worst counts.
  found->second.now = std::max(found->second.now, now);
  return now == Now::problem;
}

Comparison EarlierProblems::comparison() const {
  Comparison comparison;
  comparison.row_by_row = row_by_row_;
  comparison.before = rows_;
  if (!row_by_row_) return comparison;
  for (const auto& [key, standing] : standings_) {
    switch (standing.now) {
      case Now::left_out:
        comparison.left_out += standing.rows;
        break;
      case Now::ok:
        comparison.mended += standing.rows;
        break;
      case Now::pending:
        comparison.not_reached += standing.rows;
        break;
      case Now::problem:
        comparison.again += standing.rows;
        break;
    }
  }
  return comparison;
}

std::uint64_t EarlierProblems::rows_of(consent::Outcome outcome, const std::string& reason) const {
  const auto found = reasons_.find({outcome, reason});
  return found == reasons_.end() ? 0 : found->second;
}

std::optional<EarlierProblems> problems_before(ledger::Ledger& ledger, const ledger::Run& run) {
  if (run.state == ledger::RunState::staging) return std::nullopt;
  std::optional<ledger::Run> before = ledger.run_before(run.id);
  if (!before) return std::nullopt;
  EarlierProblems problems(*std::move(before));
  // Most nights have none: then there is nothing to read.
  if (ledger.counts(problems.run().id).of_class(OutcomeClass::problem) == 0) return problems;
  ledger.for_each_row(problems.run().id, [&](const ledger::RowResult& row) {
    if (consent::classify(row.outcome) == OutcomeClass::problem) problems.add(row);
  });
  return problems;
}

}  // namespace consent_sync::report
