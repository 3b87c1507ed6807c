#pragma once

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/ledger/run.hpp>

#include "digest.hpp"
#include "html.hpp"
#include "quota_digest.hpp"

namespace consent_sync::report {

// The parts of report.html, each a fragment for its place in report.html.in.

/// The bar of outcomes, and the sum as an equation.
Html accounts_section(const ledger::Run& run, const ledger::OutcomeCounts& counts);
/// The rows of the table of outcomes.
Html outcome_rows(const ledger::Run& run, const ledger::OutcomeCounts& counts);
/// What the reader should do now; empty if nothing.
Html next_steps(const ledger::Run& run, const ledger::OutcomeCounts& counts);
Html changes_section(const ledger::Run& run, const ledger::ChangeCounts& changes, const Digest& digest);
/// Of an audit, in place of the changes.
Html drift_section(const ledger::Run& run, const Digest& digest);
/// What carrying out a dry run's plan would cost; empty where nothing was forecast.
Html forecast_section(const ledger::Run& run);
Html problems_section(const Digest& digest);
Html traffic_section(const ledger::Run& run, const QuotaDigest& quota);
/// The use of the quota as a chart and a table; empty if none was announced.
Html quota_section(const QuotaDigest& quota);
Html facts_section(const ledger::Run& run);

}  // namespace consent_sync::report
