#include <consent_sync/report/run_totals.hpp>

namespace consent_sync::report {

RunTotals totals_of(ledger::Ledger& ledger, const ledger::RunId& id, const ledger::OutcomeCounts& rows) {
  return {rows, ledger.change_counts(id), ledger.customer_ends(id)};
}

}  // namespace consent_sync::report
