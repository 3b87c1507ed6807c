#include <consent_sync/report/report.hpp>

#include <vector>

#include <fmt/format.h>

#include "digest.hpp"
#include "outcomes_csv.hpp"
#include "page.hpp"
#include "pending_file.hpp"
#include "quota_digest.hpp"
#include "rejected_csv.hpp"
#include "summary_json.hpp"
#include "windows_csv.hpp"

namespace consent_sync::report {
namespace {

ledger::Run find_run(ledger::Ledger& ledger, const ledger::RunId& id) {
  auto run = ledger.find_run(id);
  if (!run)
    throw ReportError(
        fmt::format("the ledger has no run \"{}\"; \"consent-sync runs\" lists those it has", id));
  return *std::move(run);
}

/// All that is told of rows comes from this one pass, so that the files agree with each other.
Digest write_rows(ledger::Ledger& ledger, const ledger::Run& run, PendingFile& outcomes,
                  PendingFile& rejected) {
  Digest digest;
  std::string line;
  outcomes.append(outcomes_csv_header);
  rejected.append(rejected_csv_header(run.input));
  ledger.for_each_row(run.id, [&](const ledger::RowResult& row) {
    digest.add(row);
    write_outcomes_csv_line(row, line);
    outcomes.append(line);
    if (consent::classify(row.outcome) == consent::OutcomeClass::problem) {
      rejected.append(rejected_csv_line(run.input, row));
    }
  });
  return digest;
}

QuotaDigest write_windows(ledger::Ledger& ledger, const ledger::Run& run, PendingFile& windows) {
  QuotaDigest digest;
  windows.append(windows_csv_header);
  ledger.for_each_window(run.id, [&](const ledger::WindowUse& use) {
    digest.add(use);
    windows.append(windows_csv_line(use));
  });
  return digest;
}

}  // namespace

std::filesystem::path write_report(ledger::Ledger& ledger, const ledger::RunId& id,
                                   const std::filesystem::path& report_dir) {
  const ledger::Run run = find_run(ledger, id);
  const ledger::ChangeCounts changes = ledger.change_counts(id);
  ReportDirectory directory(report_dir, id);
  PendingFile outcomes(directory, "outcomes.csv");
  PendingFile rejected(directory, "rejected.csv");
  PendingFile windows(directory, "windows.csv");
  PendingFile page(directory, "report.html");
  PendingFile summary(directory, "summary.json");

  const Digest digest = write_rows(ledger, run, outcomes, rejected);
  const QuotaDigest quota = write_windows(ledger, run, windows);
  page.append(report_page(run, changes, digest, quota));
  summary.append(summary_json(run, changes, digest, quota));

  std::vector<PendingFile*> files{&outcomes, &rejected, &windows, &page, &summary};
  // What the rows said is not kept for ever; a file that still has it is the better one.
  if (run.is_forgotten && std::filesystem::exists(directory.path() / "rejected.csv"))
    std::erase(files, &rejected);
  for (PendingFile* file : files) file->complete();
  for (PendingFile* file : files) file->put_in_place();
  directory.sync();
  return directory.path();
}

}  // namespace consent_sync::report
