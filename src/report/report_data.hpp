#pragma once

#include <string>
#include <string_view>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/ledger/run.hpp>
#include <consent_sync/report/run_totals.hpp>

#include "digest.hpp"
#include "quota_digest.hpp"

namespace consent_sync::report {

/// All that the summaries and the page are made of. What is referred to outlives it.
struct ReportData {
  const ledger::Run& run;
  const RunTotals& totals;
  const Digest& digest;
  const QuotaDigest& quota;
  std::string directory;  ///< of the report, for commands to copy
  std::string_view outcomes_file;
  std::string_view rejected_file;
  std::string rejected_flags;  ///< that a run over that file needs beside the settings of this one
};

}  // namespace consent_sync::report
