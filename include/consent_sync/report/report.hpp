#pragma once

#include <filesystem>
#include <stdexcept>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/ledger/run.hpp>

namespace consent_sync::report {

/// The report cannot be written, or the ledger has no such run. what() names the file, the reason and what to
/// do. The ledger is unharmed: the report can be written again.
class ReportError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Writes the report of a run, in whatever state the run is, and returns its directory, `report_dir`/`id`:
///
/// - summary.json: the numbers, for programs;
/// - outcomes.csv: one line an input row: line,customer_id,outcome,before,after,http_status,attempts,reason;
/// - rejected.csv: the rows that ended as a problem, in the input's own columns and then `reason`; once
/// mended it is an
///   input. For NDJSON the columns are customer_id, allow, deny, decided_at and `source`, which holds the
///   line of a row that was not understood;
/// - windows.csv: one line for each window of the store's quota in which something was sent:
///   begin,length_ms,quota,budget,used,throttled,others,whole;
/// - report.html: one self-contained page for people.
///
/// The CSV files are RFC 4180 but for their line ends, which are LF like those of most inputs. Reasons may
/// hold text of others: one that a spreadsheet would run as a formula starts with an apostrophe. Other cells
/// are as they were.
///
/// All files are written beside their places, flushed to the disk and then renamed, summary.json last; a
/// failure leaves an earlier report as it was. Directories that are made are 0700, files 0600; a symbolic
/// link in the place of the run's directory or of a file is not followed. Memory does not grow with the rows:
/// they are streamed, in one pass.
///
/// Throws ReportError, and ledger::LedgerError from the ledger. Two calls for the same run, also from
/// different processes, wait for each other.
std::filesystem::path write_report(ledger::Ledger& ledger, const ledger::RunId& id,
                                   const std::filesystem::path& report_dir);

}  // namespace consent_sync::report
