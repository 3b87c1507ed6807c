#include <consent_sync/report/report.hpp>

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "digest.hpp"
#include "outcome_lines.hpp"
#include "page.hpp"
#include "pending_file.hpp"
#include "quota_digest.hpp"
#include "rejected_rows.hpp"
#include "row_file.hpp"
#include "settings_text.hpp"
#include "summary_json.hpp"
#include "summary_md.hpp"
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

std::string outcomes_file(OutcomesFormat format) {
  return fmt::format("outcomes.{}", outcomes_formats.at(static_cast<std::size_t>(format)));
}

Compression compression_of(OutcomesFormat format) {
  switch (format) {
    case OutcomesFormat::csv_gz:
    case OutcomesFormat::ndjson_gz:
      return Compression::gzip;
    case OutcomesFormat::csv_zst:
    case OutcomesFormat::ndjson_zst:
      return Compression::zstd;
    default:
      return Compression::none;
  }
}

/// outcomes.csv, or what takes its place.
class Outcomes {
 public:
  Outcomes(const ReportDirectory& directory, OutcomesFormat format)
      : is_csv_(format < OutcomesFormat::ndjson),
        file_(directory, outcomes_file(format), compression_of(format)) {
    if (is_csv_) file_.append(outcomes_csv_header);
  }

  void append(const ledger::RowResult& row) {
    is_csv_ ? write_outcomes_csv_line(row, line_) : write_outcomes_ndjson_line(row, line_);
    file_.append(line_);
  }
  void complete() { file_.complete(); }
  void put_in_place() { file_.put_in_place(); }

 private:
  bool is_csv_;
  RowFile file_;
  std::string line_;
};

/// All that is told of rows comes from this one pass, so that the files agree with each other.
void write_rows(ledger::Ledger& ledger, const ledger::Run& run, const RejectedRows& rows, Digest& digest,
                Outcomes& outcomes, PendingFile& rejected) {
  rejected.append(rows.header());
  ledger.for_each_row(run.id, [&](const ledger::RowResult& row) {
    digest.add(row);
    outcomes.append(row);
    if (consent::classify(row.outcome) == consent::OutcomeClass::problem) rejected.append(rows.line(row));
  });
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

/// An earlier report may have been written in another format.
void remove_others(ReportDirectory& directory, const ReportData& data) {
  for (const std::string_view format : outcomes_formats) {
    const std::string name = fmt::format("outcomes.{}", format);
    if (name != data.outcomes_file) directory.remove(name);
  }
  for (const char* name : {"rejected.csv", "rejected.ndjson"}) {
    if (name != data.rejected_file) directory.remove(name);
  }
}

// What finds a cut or a swapped export also finds a part of one, all of which is to change.
std::string flags_for_a_part(const ledger::Run& run) {
  struct Limit {
    std::string_view key;
    std::string_view none;
    std::string_view flag;
  };
  std::string flags;
  if (run.mode == ledger::Mode::audit) return flags;  // it knows no limits
  for (const Limit& limit : {Limit{"safety.min_rows", "0", " --safety-min-rows 0"},
                             Limit{"safety.max_change_ratio", "1", " --safety-max-change-ratio 1"},
                             Limit{"safety.max_invalid_ratio", "1", " --safety-max-invalid-ratio 1"}}) {
    const std::string_view value = setting_in(run.settings, limit.key);
    if (!value.empty() && value != limit.none) flags += limit.flag;
  }
  return flags;
}

std::string rerun_flags(const ledger::Run& run, const RejectedRows& rows) {
  const std::string flags = std::string(rows.flags()) + flags_for_a_part(run);
  return flags.substr(std::min(flags.find_first_not_of(' '), flags.size()));
}

}  // namespace

std::filesystem::path write_report(ledger::Ledger& ledger, const ledger::RunId& id,
                                   const std::filesystem::path& report_dir, OutcomesFormat outcomes_format) {
  const ledger::Run run = find_run(ledger, id);
  const RejectedRows rejected_rows(run);
  const std::string outcomes_name = outcomes_file(outcomes_format);
  ReportDirectory directory(report_dir, id);
  Outcomes outcomes(directory, outcomes_format);
  PendingFile rejected(directory, std::string(rejected_rows.file_name()));
  PendingFile windows(directory, "windows.csv");
  PendingFile page(directory, "report.html");
  PendingFile in_short(directory, "summary.md");
  PendingFile summary(directory, "summary.json");

  std::optional<EarlierProblems> earlier = problems_before(ledger, run);
  Digest digest(earlier ? &*earlier : nullptr);
  write_rows(ledger, run, rejected_rows, digest, outcomes, rejected);
  const QuotaDigest quota = write_windows(ledger, run, windows);
  const RunTotals totals = totals_of(ledger, id, digest.counts());
  const ReportData data{run,
                        totals,
                        digest,
                        quota,
                        directory.path().string(),
                        outcomes_name,
                        rejected_rows.file_name(),
                        rerun_flags(run, rejected_rows)};
  page.append(report_page(data));
  in_short.append(summary_md(data));
  summary.append(summary_json(data));

  std::vector<PendingFile*> files{&rejected, &windows, &page, &in_short, &summary};
  // What the rows said is not kept for ever; a file that still has it is the better one.
  if (run.is_forgotten && std::filesystem::exists(directory.path() / data.rejected_file)) {
    std::erase(files, &rejected);
  }
  outcomes.complete();
  for (PendingFile* file : files) file->complete();
  outcomes.put_in_place();
  for (PendingFile* file : files) file->put_in_place();
  remove_others(directory, data);
  directory.sync();
  return directory.path();
}

}  // namespace consent_sync::report
