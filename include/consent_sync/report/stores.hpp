#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <consent_sync/consent/timestamp.hpp>
#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/ledger/run.hpp>

namespace consent_sync::report {

// One job over many stores: each has its run and its report, and the whole has one more.

/// A run of one of several stores, as its summary.json tells it.
struct StoreRun {
  ledger::RunId id;
  std::filesystem::path directory;  ///< of its report
  std::string verdict;
  std::string stop_reason;  ///< empty: it was not stopped
  ledger::OutcomeCounts outcomes;
  ledger::ChangeCounts changes;
  std::uint64_t put = 0;
  std::uint64_t get = 0;
  std::uint64_t throttled = 0;
};

/// What became of one store.
struct StoreResult {
  enum class End : std::uint8_t {
    exited,       ///< its process ended by itself
    killed,       ///< a signal ended its process, or it was no process
    not_started,  ///< the job was stopped before it was its turn
  };

  std::string store;
  End end = End::not_started;
  int exit_code = 0;                      ///< exited
  int signal = 0;                         ///< killed; 0: it could not be started
  std::string reason;                     ///< its last words, where it has no run to tell of; may be empty
  std::chrono::milliseconds duration{0};  ///< of its process
  std::optional<StoreRun> run;            ///< nothing: it left no report of a run
};

/// How a store stands, for people and programs.
enum class StoreStatus : std::uint8_t { ok, problems, stopped, died, not_started, defect };

/// "ok", "problems", ...
std::string_view to_string(StoreStatus status);
StoreStatus status_of(const StoreResult& result);

/// Rows of an input for several stores that are none of the job's.
struct StrayRows {
  std::string input;  ///< its path
  std::string store;  ///< as the row has it; empty: it names none, or there were too many names to list
  std::uint64_t rows = 0;
};

/// The whole.
struct StoresResult {
  std::string id;  ///< names the directory of its report
  ledger::Mode mode = ledger::Mode::sync;
  std::string tool_version;
  consent::Timestamp started_at;
  consent::Timestamp ended_at;
  int exit_code = 0;
  std::vector<StoreResult> stores;  ///< in the order in which they are shown
  std::vector<StrayRows> strays;
};

/// Writes the report of the whole and returns its directory, `report_dir`/`id`:
///
/// - stores.json: the numbers, for programs (docs/stores.schema.json);
/// - stores.csv: one line a store;
/// - stores.html: one self-contained page for people, which leads to the report of each store.
///
/// Files are written as write_report() writes those of a run. Throws ReportError.
std::filesystem::path write_stores_report(const StoresResult& whole, const std::filesystem::path& report_dir);

/// The lines that end the job on a terminal: the verdict, a line for each store, and their sum.
std::string stores_text(const StoresResult& whole);

}  // namespace consent_sync::report
