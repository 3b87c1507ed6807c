#pragma once

#include <cstdint>
#include <iosfwd>
#include <string_view>
#include <vector>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/report/history.hpp>

namespace consent_sync::report {

/// A run in a list of them; what it refers to outlives it.
struct RunLine {
  const ledger::Run& run;
  std::string_view state;  ///< in a word
  const ledger::OutcomeCounts& rows;
  std::uint64_t changes = 0;
};

/// Writes runs for programs, one a line: run, kind, store, state, started, ended, exit_code, rows, changes,
/// problems, unfinished, plan, undoes. In NDJSON counts and exit codes are numbers, and what a run does not
/// have is left out.
void write_runs(const std::vector<RunLine>& runs, HistoryFormat format, std::ostream& out);

}  // namespace consent_sync::report
