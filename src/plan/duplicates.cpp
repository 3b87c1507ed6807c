#include <consent_sync/plan/duplicates.hpp>

namespace consent_sync::plan {

Resolution resolve(std::span<const ledger::CustomerRows::Row> rows) {
  std::size_t newest = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    // An empty optional orders before every time.
    if (rows[i].decided_at >= rows[newest].decided_at) newest = i;
  }
  const auto& winner = rows[newest];
  if (!winner.decided_at) return {newest, std::nullopt};
  for (const auto& row : rows) {
    if (row.decided_at == winner.decided_at && row.choice != winner.choice) {
      return {std::nullopt, Contradiction{row.line, winner.line}};
    }
  }
  return {newest, std::nullopt};
}

}  // namespace consent_sync::plan
