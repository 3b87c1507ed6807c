#include "sampling.hpp"

#include <algorithm>
#include <cmath>

namespace consent_sync::report {
namespace {

constexpr double z = 1.959964;  // 95 %, two-sided

}  // namespace

Interval wilson(std::uint64_t found, std::uint64_t asked) {
  if (asked == 0) return {};
  const double n = static_cast<double>(asked);
  const double p = static_cast<double>(found) / n;
  const double middle = p + z * z / (2 * n);
  const double reach = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  const double whole = 1 + z * z / n;
  return {found == 0 ? 0 : std::max(0.0, (middle - reach) / whole),
          found == asked ? 1 : std::min(1.0, (middle + reach) / whole)};
}

std::optional<DriftEstimate> estimate_drift(const ledger::Run& run, const ledger::CustomerEnds& customers) {
  if (run.mode != ledger::Mode::audit || !run.sample) return std::nullopt;
  DriftEstimate estimate;
  estimate.customers = run.sample->customers;
  estimate.drawn = run.sample->drawn;
  estimate.seed = run.sample->seed;
  estimate.drifted = customers.drifted;
  estimate.compared = customers.in_sync + customers.drifted;
  if (estimate.compared != 0) {
    estimate.share = static_cast<double>(estimate.drifted) / static_cast<double>(estimate.compared);
  }
  const bool is_whole = estimate.compared == estimate.customers && estimate.compared != 0;
  estimate.interval =
      is_whole ? Interval{estimate.share, estimate.share} : wilson(estimate.drifted, estimate.compared);
  return estimate;
}

}  // namespace consent_sync::report
