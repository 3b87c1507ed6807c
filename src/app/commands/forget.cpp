#include <cctype>
#include <filesystem>

#include <fmt/format.h>

#include <consent_sync/report/report.hpp>

#include "../existing_ledger.hpp"
#include "../history_text.hpp"
#include "../hold_store.hpp"
#include "../progress_view.hpp"
#include "commands.hpp"

namespace consent_sync::app {
namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

/// The number stands there as a whole.
bool has_number(std::string_view text, std::string_view number) {
  for (std::size_t at = text.find(number); at != std::string_view::npos; at = text.find(number, at + 1)) {
    const std::size_t end = at + number.size();
    if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]))) return true;
  }
  return false;
}

/// Of a row that was not understood: where its first cell is the customer's id, that decides, else any cell
/// may.
ledger::Ledger::Mentions mentions_of(consent::CustomerId customer) {
  return
      [number = fmt::format("{}", customer.value())](const ledger::Run& run, const ledger::RowResult& row) {
        const bool id_is_first = !run.input.columns.empty() && run.input.columns.front() == "customer_id";
        const std::string_view text = row.source;
        return has_number(id_is_first && run.input.format == "csv" ? text.substr(0, text.find(',')) : text,
                          number);
      };
}

void tell(const std::string& store, consent::CustomerId customer, const ledger::Erasure& erasure) {
  fmt::print(
      "Customer {} of store {} was erased: {} entries of history (their hashes stay, and the history can "
      "still be "
      "verified), {} rows of {} runs, {} of them with what was written.\n",
      customer.value(), store, show_count(erasure.entries), show_count(erasure.rows),
      show_count(erasure.runs.size()), show_count(erasure.texts));
}

/// Reports that lie where this configuration puts them are written again, without the customer.
void write_reports_again(ledger::Ledger& ledger, const Config& config, const ledger::Erasure& erasure) {
  for (const ledger::RunId& run : erasure.runs) {
    if (!std::filesystem::exists(std::filesystem::path(config.report.dir) / run)) continue;
    // What it was made of is kept no longer (policy.email_cache): it is not left as it was, with the
    // customer.
    if (ledger.find_run(run)->is_forgotten) {
      for (const char* name : {"rejected.csv", "rejected.ndjson"}) {
        std::filesystem::remove(std::filesystem::path(config.report.dir) / run / name);
      }
    }
    const std::filesystem::path directory =
        report::write_report(ledger, run, config.report.dir, config.report.outcomes);
    fmt::print("Written again: {}\n", directory.string());
  }
  fmt::print(
      "Not within reach: the inputs themselves, reports and exports elsewhere, backups{}{}. While an input "
      "has "
      "the customer, the next run takes them up again as a new one.\n",
      erasure.beyond_reach.empty() ? "" : ", ", erasure.beyond_reach);
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
  if (erasure.is_empty()) {
    fmt::print("The ledger has nothing about customer {} of store {}\n", customer.value(), store);
  } else {
    tell(store, customer, erasure);
    write_reports_again(*ledger, config, erasure);
  }
  if (erasure.traces.empty()) return ExitCode::ok;
  throw Failure(
      ExitCode::not_recorded,
      fmt::format("what was erased may still be found in the bytes of the ledger's files until this "
                  "command is run again: {}",
                  erasure.traces));
}

}  // namespace consent_sync::app
