#pragma once

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/ledger/run.hpp>

#include "digest.hpp"
#include "html.hpp"
#include "quota_digest.hpp"
#include "report_data.hpp"

namespace consent_sync::report {

// The parts of report.html, each a fragment for its place in report.html.in. An empty one has nothing to say.

/// What a reader wants to know beside the verdict: store, input, when, how long.
Html glance(const ledger::Run& run);
/// The bar of outcomes, and the sum as an equation.
Html accounts_section(const ledger::Run& run, const ledger::OutcomeCounts& counts);
/// The rows of the table of outcomes.
Html outcome_rows(const ledger::Run& run, const ledger::OutcomeCounts& counts);
/// What the reader should do now: go on, mend, apply, undo.
Html next_steps(const ReportData& data);
/// What is new and what is mended since the run before.
Html comparison_section(const ReportData& data);
Html changes_section(const ReportData& data);
/// Of an audit, in place of the changes.
Html drift_section(const ReportData& data);
/// What carrying out a dry run's plan would cost.
Html forecast_section(const ledger::Run& run);
Html problems_section(const ReportData& data);
Html traffic_section(const ReportData& data);
/// The use of the quota as a chart and a table.
Html quota_section(const QuotaDigest& quota);
/// How long answers took, as a chart and a table.
Html latency_section(const ledger::LatencyHistogram& latency);
/// What went wrong on the way and was survived.
Html faults_section(const ReportData& data);
/// Policies, limits and the other settings in force.
Html settings_section(const ledger::Run& run);
Html facts_section(const ledger::Run& run);
Html files_section(const ReportData& data);

}  // namespace consent_sync::report
