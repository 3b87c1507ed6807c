#include <algorithm>
#include <chrono>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <consent_sync/ledger/store_lock.hpp>
#include <consent_sync/report/runs.hpp>

#include "commands.hpp"
#include "existing_ledger.hpp"
#include "runs_table.hpp"

namespace consent_sync::app {
namespace {

// A store has one run at a time, so that of several that have not ended only the newest can be live.
class LiveRuns {
 public:
  explicit LiveRuns(const Config& config) : config_(config) {}

  /// Runs come newest first.
  bool is_live(const ledger::Run& run) {
    const bool is_under_way =
        !run.ended_at && (run.state == ledger::RunState::open || run.state == ledger::RunState::staging);
    if (!is_under_way || !seen_.insert(run.store).second) return false;
    return ledger::store_holder(config_.ledger, run.store).has_value();
  }

 private:
  const Config& config_;
  std::set<std::string> seen_;
};

ExitCode write_for_programs(const std::vector<ListedRun>& listed, std::size_t limit,
                            HistoryRequest::Format format) {
  using report::HistoryFormat;
  std::vector<report::RunLine> lines;
  for (std::size_t i = 0; i < std::min(limit, listed.size()); ++i)
    lines.push_back({listed[i].run, state_word(listed[i]), listed[i].rows, listed[i].changes.changes});
  report::write_runs(
      lines, format == HistoryRequest::Format::csv ? HistoryFormat::csv : HistoryFormat::ndjson, std::cout);
  return std::cout.flush() ? ExitCode::ok : ExitCode::not_recorded;
}

}  // namespace

ExitCode runs_command(const Config& config, std::size_t limit, HistoryRequest::Format format) {
  const std::unique_ptr<ledger::Ledger> ledger = open_existing_ledger(config);
  LiveRuns live(config);
  std::vector<ListedRun> listed;
  // The oldest that are shown are compared with some that are not.
  for (const ledger::Run& run : ledger->runs(limit * 2 + 10)) {
    listed.push_back({run, ledger->counts(run.id), ledger->change_counts(run.id), live.is_live(run)});
  }
  if (format != HistoryRequest::Format::text) return write_for_programs(listed, limit, format);
  if (listed.empty()) {
    fmt::print("{} has no runs yet\n", ledger::describe_location(config.ledger));
    return ExitCode::ok;
  }
  const auto now = consent::now();
  fmt::print("{}", runs_table(listed, limit, now));
  return ExitCode::ok;
}

}  // namespace consent_sync::app
