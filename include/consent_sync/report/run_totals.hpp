#pragma once

#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::report {

/// How much there was of everything in a run.
struct RunTotals {
  ledger::OutcomeCounts rows;
  ledger::ChangeCounts changes;    ///< planned
  ledger::CustomerEnds customers;  ///< how changes ended: rows may make one together, or make several
};

/// As the ledger has them. Throws LedgerError.
RunTotals totals_of(ledger::Ledger& ledger, const ledger::RunId& id, const ledger::OutcomeCounts& rows);

}  // namespace consent_sync::report
