#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string_view>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/ledger/run.hpp>

namespace consent_sync::report {

/// The report cannot be written, or the ledger has no such run. what() names the file, the reason and what to
/// do. The ledger is unharmed: the report can be written again.
class ReportError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// How the line for each row of the input is written.
enum class OutcomesFormat : std::uint8_t { csv, csv_gz, csv_zst, ndjson, ndjson_gz, ndjson_zst };

/// By value: "csv", "csv.gz", ...: what follows "outcomes." in the file's name.
inline constexpr std::array<std::string_view, 6> outcomes_formats{"csv",    "csv.gz",    "csv.zst",
                                                                  "ndjson", "ndjson.gz", "ndjson.zst"};

/// Writes the report of a run, in whatever state the run is, and returns its directory, `report_dir`/`id`:
///
/// - summary.json: the numbers, for programs (docs/summary.schema.json);
/// - summary.md: the report in short, to be pasted into a ticket;
/// - outcomes.csv: one line an input row: line,customer_id,outcome,before,after,http_status,attempts,reason;
///   or the same as NDJSON, or either compressed, as `outcomes` says;
/// - rejected.csv: the rows that ended as a problem, in the input's own columns and then `reason`, with the
///   delimiter that the input was said to have; once mended it is an input like that one. Of NDJSON
///   rejected.ndjson: the rows' own objects with a member `reason`; what was no object stands in `source`.
/// - windows.csv: one line for each window of the store's quota in which something was sent:
///   begin,length_ms,quota,budget,used,throttled,others,whole;
/// - report.html: one self-contained page for people, which also says what is new among the problems since
/// the
///   run before.
///
/// The CSV files are RFC 4180 but for their line ends, which are LF like those of most inputs. A cell that a
/// spreadsheet would run as a formula starts with an apostrophe, which the reader of rejected.csv takes away
/// again.
///
/// All files are written beside their places, flushed to the disk and then renamed, summary.json last; a
/// failure leaves an earlier report as it was. Directories that are made are 0700, files 0600; a symbolic
/// link in the place of the run's directory or of a file is not followed. Memory does not grow with the rows:
/// they are streamed, in one pass, and the problem rows of the run before in another.
///
/// Throws ReportError, and ledger::LedgerError from the ledger. Two calls for the same run, also from
/// different processes, wait for each other.
std::filesystem::path write_report(ledger::Ledger& ledger, const ledger::RunId& id,
                                   const std::filesystem::path& report_dir,
                                   OutcomesFormat outcomes_format = OutcomesFormat::csv);

}  // namespace consent_sync::report
