#pragma once

#include <algorithm>

#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::app {

/// The rows of a run while it is being sent: what they were when this process began, and how those ended that
/// it has dealt with since.
inline ledger::OutcomeCounts rows_so_far(ledger::OutcomeCounts before, const ledger::OutcomeCounts& ended) {
  for (const consent::Outcome outcome : consent::all_outcomes) before[outcome] += ended[outcome];
  before[consent::Outcome::pending] -= std::min(before[consent::Outcome::pending], ended.total());
  return before;
}

}  // namespace consent_sync::app
