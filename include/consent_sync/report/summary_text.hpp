#pragma once

#include <string>

#include <consent_sync/ledger/run.hpp>
#include <consent_sync/report/run_totals.hpp>

namespace consent_sync::report {

/// The lines that end a run on a terminal: the verdict in the words of report.html, the outcomes that
/// occurred and their sum, the changes and the requests. Ends with a line end; no colours.
std::string summary_text(const ledger::Run& run, const RunTotals& totals);

}  // namespace consent_sync::report
