#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <consent_sync/report/report.hpp>

#include "../figures.hpp"
#include "../run/hold_store.hpp"
#include "../standard_output.hpp"
#include "commands.hpp"
#include "existing_ledger.hpp"
#include "history_text.hpp"
#include "reports_about.hpp"

namespace consent_sync::app {
namespace {

/// Of a row that was not understood: where its first cell is the customer's id, that decides, else any cell
/// may.
ledger::Ledger::Mentions mentions_of(consent::CustomerId customer) {
  return [customer](const ledger::Run& run, const ledger::RowResult& row) {
    const bool id_is_first = !run.input.columns.empty() && run.input.columns.front() == "customer_id";
    const std::string_view text = row.source;
    return has_id(id_is_first && run.input.format == "csv" ? text.substr(0, text.find(',')) : text, customer);
  };
}

std::string what_was(const std::string& store, consent::CustomerId customer, const ledger::Erasure& erasure) {
  return fmt::format(
      "Customer {} of store {} was erased: {} entries of history (their hashes stay, and the history can "
      "still be "
      "verified), {} rows of {} runs, {} of them with what was written.\n",
      customer.value(), store, show_count(erasure.entries), show_count(erasure.rows),
      show_count(erasure.runs.size()), show_count(erasure.texts));
}

/// What became of reports that lie where this configuration puts them.
struct Reports {
  std::vector<std::string> written_again;
  std::vector<std::string> left;        ///< they tell of the customer, and cannot be written again
  std::vector<std::string> by_address;  ///< files with rows whose e-mail address alone tells whose they are
};

std::vector<std::filesystem::path> reports_in(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> reports;
  if (!std::filesystem::exists(directory)) return reports;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.is_directory() && !entry.is_symlink()) reports.push_back(entry.path());
  }
  std::sort(reports.begin(), reports.end());
  return reports;
}

// Should the program end halfway, a report without its page is one to be written, and the next time finds it.
std::string write_again(ledger::Ledger& ledger, const Config& config, const std::filesystem::path& report) {
  for (const char* name : {"report.html", "rejected.csv", "rejected.ndjson"}) {
    std::filesystem::remove(report / name);
  }
  return report::write_report(ledger, report.filename(), config.report.dir, config.report.outcomes).string();
}

/// What reports say decides, not what the ledger knew: it may have been erased by a program that ended then.
Reports write_reports_again(ledger::Ledger& ledger, const Config& config, const std::string& store,
                            consent::CustomerId customer, const ledger::Erasure& erasure) {
  Reports reports;
  const std::set<ledger::RunId> affected(erasure.runs.begin(), erasure.runs.end());
  for (const std::filesystem::path& report : reports_in(config.report.dir)) {
    const std::optional<ledger::Run> run = ledger.find_run(report.filename());
    const std::string about = run ? run->store : store_of(report);
    if (!about.empty() && about != store) continue;
    if (run && (affected.contains(run->id) || !std::filesystem::exists(report / "report.html") ||
                tells_of(report, customer))) {
      reports.written_again.push_back(write_again(ledger, config, report));
    } else if (!run && tells_of(report, customer)) {
      reports.left.push_back(report.string());
    }
    for (const std::filesystem::path& file : files_by_address(report)) reports.by_address.push_back(file);
  }
  return reports;
}

std::string what_was_done(const std::string& store, consent::CustomerId customer,
                          const ledger::Erasure& erasure, const Reports& reports) {
  std::string told =
      erasure.is_empty()
          ? fmt::format("The ledger has nothing about customer {} of store {}\n", customer.value(), store)
          : what_was(store, customer, erasure);
  for (const std::string& report : reports.written_again) told += fmt::format("Written again: {}\n", report);
  if (!reports.by_address.empty()) {
    told += fmt::format(
        "Not searched: rows by e-mail address of which it is not known whose they are. Look for the "
        "customer's "
        "address, and remove their rows, or the files: {}. In the ledger such rows stay for "
        "policy.email_cache, "
        "and `report` writes them again until then.\n",
        fmt::join(reports.by_address, ", "));
  }
  if (erasure.is_empty()) return told;
  return told + fmt::format(
                    "Not within reach: the inputs themselves, reports and exports elsewhere, backups{}{}. "
                    "While an input has the customer, the next run takes them up again as a new one.\n",
                    erasure.beyond_reach.empty() ? "" : ", ", erasure.beyond_reach);
}

ExitCode conclude(consent::CustomerId customer, const ledger::Erasure& erasure, const Reports& reports) {
  std::vector<std::string> remains;
  if (!reports.left.empty()) {
    remains.push_back(
        fmt::format("reports of runs that are in the ledger no more tell of customer {}, or cannot be read: "
                    "{}; remove them",
                    customer.value(), fmt::join(reports.left, ", ")));
  }
  if (!erasure.traces.empty()) {
    remains.push_back(
        fmt::format("what was erased may still be found in the bytes of the ledger's files until this "
                    "command is run again: {}",
                    erasure.traces));
  }
  if (remains.empty()) return ExitCode::ok;
  throw Failure(erasure.traces.empty() ? ExitCode::problems : ExitCode::not_recorded,
                fmt::format("{}", fmt::join(remains, ". And ")));
}

}  // namespace

ExitCode forget_command(const Config& config, consent::CustomerId customer, bool is_sure) {
  const std::unique_ptr<ledger::Ledger> ledger = open_existing_ledger(config);
  const std::string store = store_in_question(*ledger, config);
  const std::string known = customer_history(*ledger, store, customer);
  if (!is_sure) {
    if (!known.empty()) fmt::print("{}\n", known);
    throw Failure(ExitCode::usage,
                  known.empty()
                      ? fmt::format("the ledger has nothing about customer {} of store {}, but for "
                                    "rows that were not understood, maybe; --yes erases what there is",
                                    customer.value(), store)
                      : "nothing was erased yet: --yes erases this for good");
  }
  const std::unique_ptr<ledger::StoreLock> lock = hold_store(config, store);
  const auto now = consent::now();
  const ledger::Erasure erasure = ledger->erase_customer(store, customer, mentions_of(customer), now);
  const Reports reports = write_reports_again(*ledger, config, store, customer, erasure);
  print_last(what_was_done(store, customer, erasure, reports));
  return conclude(customer, erasure, reports);
}

}  // namespace consent_sync::app
