#pragma once

#include <cstdint>
#include <optional>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/ledger/run.hpp>

namespace consent_sync::report {

/// A range that a share lies in with 95 % confidence.
struct Interval {
  double low = 0;
  double high = 1;
};

/// Wilson's score interval for a share of which `found` in `asked` were seen; the whole range when none were
/// asked. It holds for small counts too, also for none found. That a sample is part of a finite whole is not
/// used: the interval is never too narrow for that.
Interval wilson(std::uint64_t found, std::uint64_t asked);

/// How much of an input has drifted from the store, by an audit.
struct DriftEstimate {
  std::uint64_t customers = 0;  ///< in the input
  std::uint64_t drawn = 0;
  std::uint64_t compared = 0;  ///< of the drawn, those that the store gave an answer about
  std::uint64_t drifted = 0;
  std::uint64_t seed = 0;
  double share = 0;     ///< drifted of compared; 0 when none were compared
  Interval interval{};  ///< of the share in all of the input; a single point when all were compared
};

/// Nothing for a run that is no audit.
std::optional<DriftEstimate> estimate_drift(const ledger::Run& run, const ledger::CustomerEnds& customers);

}  // namespace consent_sync::report
