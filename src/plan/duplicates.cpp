#include <consent_sync/plan/duplicates.hpp>

#include <algorithm>
#include <numeric>
#include <tuple>
#include <vector>

namespace consent_sync::plan {

namespace {

using Rows = std::span<const ledger::CustomerRows::Row>;

std::vector<std::size_t> newest_first(Rows rows) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0);
  // An empty optional orders before every time.
  std::sort(order.begin(), order.end(), [rows](std::size_t one, std::size_t other) {
    return std::tie(rows[one].decided_at, one) > std::tie(rows[other].decided_at, other);
  });
  return order;
}

}  // namespace

Resolution resolve(Rows rows) {
  if (rows.size() == 1) return {0, rows.front().choice, std::nullopt};  // nearly always
  const std::vector<std::size_t> order = newest_first(rows);
  Resolution resolution{order.front(), consent::Choice(), std::nullopt};
  consent::Choice newer;  // of those that are newer than the row, and not of the same time
  const ledger::CustomerRows::Row* before = nullptr;
  for (const std::size_t index : order) {
    const auto& row = rows[index];
    const bool is_same_time = before != nullptr && row.decided_at && before->decided_at == row.decided_at;
    if (!is_same_time) newer = resolution.choice;
    if (is_same_time && newer.or_else(row.choice) != newer.or_else(before->choice))
      return {std::nullopt, consent::Choice(), Contradiction{row.line, before->line}};
    resolution.choice = resolution.choice.or_else(row.choice);
    before = &row;
  }
  return resolution;
}

}  // namespace consent_sync::plan
