#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <consent_sync/report/report.hpp>
#include <consent_sync/report/stores.hpp>

#include "../monitoring/monitor.hpp"
#include "../run/quick_exit.hpp"
#include "../run/run_id.hpp"
#include "../run/token.hpp"
#include "../settings/deadline.hpp"
#include "../standard_output.hpp"
#include "../stores/exit_code_of_whole.hpp"
#include "../stores/schedule.hpp"
#include "../stores/shared_turns.hpp"
#include "../stores/stray_rows.hpp"
#include "../stores/supervision.hpp"
#include "../stores/supervisor.hpp"
#include "../version.hpp"
#include "commands.hpp"

namespace consent_sync::app {
namespace {

// A process that was killed could not tell those who watch its store.
void tell_of_death(const StoresTask& task, std::size_t store, const report::StoreResult& result) {
  if (result.end != report::StoreResult::End::killed || task.mode == ledger::Mode::dry_run) return;
  tell_of_failure(task.stores[store].config, exit_code_of(result),
                  fmt::format("the process of store {} died", result.store));
}

// Its text is all that there is to read when the report cannot be written.
std::string write_whole(const report::StoresResult& whole, const Config& common, const std::string& text) {
  try {
    return (report::write_stores_report(whole, common.report.dir) / "stores.html").string();
  } catch (const report::ReportError&) {
    print_last(text);
    throw;
  }
}

ExitCode conclude(const report::StoresResult& whole, const Config& common) {
  if (whole.stores.empty()) {
    if (!common.quiet)
      print_last(fmt::format("Nothing was left to do here; of the batch the worst exit code is {}.\n",
                             whole.exit_code));
    return static_cast<ExitCode>(whole.exit_code);
  }
  const std::string text = common.quiet ? "" : report::stores_text(whole);
  const std::string page = write_whole(whole, common, text);
  if (!common.quiet) print_last(text + fmt::format("Report: {}\n", page));
  spdlog::log(whole.exit_code == 0 ? spdlog::level::info : spdlog::level::warn,
              "{} stores are through; the worst exit code is {}; report: {}", whole.stores.size(),
              whole.exit_code, page);
  return static_cast<ExitCode>(whole.exit_code);
}

std::vector<report::StrayRows> count_strays(const StoresTask& task, Terminal& terminal) {
  if (task.names.empty()) return {};
  terminal.status("reading whose rows they are");
  std::vector<report::StrayRows> strays = find_stray_rows(task.stores, task.names);
  terminal.status("");
  for (const report::StrayRows& some : strays) {
    spdlog::warn("{}: {} rows are of {}, which has no entry", some.input, some.rows,
                 some.store.empty() ? "no store" : "store " + some.store);
  }
  return strays;
}

/// The ledger that all stores share. Throws Failure (usage) when they do not.
std::string shared_ledger(const std::vector<StoreJob>& stores) {
  const std::string& location = stores.front().config.ledger;
  for (const StoreJob& job : stores) {
    if (job.config.ledger == location && !location.starts_with("sqlite:")) continue;
    throw Failure(
        ExitCode::usage,
        fmt::format(
            "{}: store {}: work takes stores off a list in a ledger that all of them share: set ledger "
            "to postgresql://USER@HOST/DATABASE",
            job.where, job.config.store.hash));
  }
  return location;
}

std::unique_ptr<SharedTurns> shared_turns(const Config& common, const StoresTask& task) {
  const std::string location = shared_ledger(task.stores);
  const std::chrono::milliseconds lease = task.stores.front().config.ledger_lease;
  std::vector<std::string> names;
  for (const StoreJob& job : task.stores) names.push_back(job.config.store.hash);
  const std::vector<std::string> only = names.size() < task.names.size() ? names : std::vector<std::string>();
  return std::make_unique<SharedTurns>(
      std::move(names), static_cast<std::size_t>(common.stores_at_once),
      [=, batch = task.batch] { return ledger::open_work_list(location, batch, only, lease); },
      common.retry.give_up_after);
}

/// Of a batch, what this process has to tell of: the stores that ended here, and when it was stopped, those
/// it was at.
std::vector<report::StoreResult> own_part(std::vector<report::StoreResult> results, const SharedTurns& turns,
                                          bool is_interrupted) {
  std::vector<report::StoreResult> own;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const bool was_here = results[i].end != report::StoreResult::End::not_started;
    if (turns.has_ended_here(i) || (is_interrupted && was_here)) own.push_back(std::move(results[i]));
  }
  return own;
}

struct WorkDone {
  std::vector<report::StoreResult> stores;  ///< those that were worked on here
  std::optional<ExitCode> interrupted_with;
  std::vector<int> exit_codes_of_batch;
};

/// Works on what is left of a batch.
WorkDone work_on_batch(const Config& common, const StoresTask& task, consent::Timestamp started,
                       Terminal& terminal) {
  const std::unique_ptr<SharedTurns> turns = shared_turns(common, task);
  spdlog::info("batch {}: {} of {} stores have ended; taking up to {} at a time", task.batch, turns->ended(),
               turns->total(), common.stores_at_once);
  Supervisor supervisor(common, task.stores, *turns, task.arguments, started, terminal);
  std::vector<report::StoreResult> results = supervisor.run();
  spdlog::info("batch {}: {} of {} stores have ended", task.batch, turns->ended(), turns->total());
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (turns->has_ended_here(i)) tell_of_death(task, i, results[i]);
  }
  const std::optional<ExitCode> interrupted_with = supervisor.interrupted_with();
  return {own_part(std::move(results), *turns, interrupted_with.has_value()), interrupted_with,
          turns->exit_codes()};
}

WorkDone work_on_all(const Config& common, const StoresTask& task, consent::Timestamp started,
                     Terminal& terminal) {
  Schedule schedule(task.stores.size(), static_cast<std::size_t>(common.stores_at_once));
  spdlog::info("{} stores, {} at a time", task.stores.size(),
               std::min(task.stores.size(), static_cast<std::size_t>(common.stores_at_once)));
  Supervisor supervisor(common, task.stores, schedule, task.arguments, started, terminal);
  std::vector<report::StoreResult> results = supervisor.run();
  for (std::size_t i = 0; i < results.size(); ++i) tell_of_death(task, i, results[i]);
  return {std::move(results), supervisor.interrupted_with(), {}};
}

/// Who found nothing to do speaks for those who did it: else a process that takes the place of one that
/// failed would make the failure unseen.
ExitCode exit_code_after(const report::StoresResult& whole, const WorkDone& done) {
  if (whole.stores.empty() && !done.interrupted_with) return worst_of(done.exit_codes_of_batch);
  return exit_code_of_whole(whole, done.interrupted_with);
}

}  // namespace

ExitCode stores_command(const Config& common, const StoresTask& task, Terminal& terminal) {
  if (common.quiet) terminal.be_quiet();
  keep_out_of_core_dumps();  // the tokens of all may be in our environment
  take_all_descriptors();
  exit_on_signals(common.log.format);
  report::StoresResult whole;
  whole.started_at = process_start();
  whole.id = make_run_id(whole.started_at, boost::uuids::to_string(boost::uuids::random_generator()()));
  whole.mode = task.mode;
  whole.tool_version = version;
  whole.strays = count_strays(task, terminal);
  const auto work = task.batch.empty() ? work_on_all : work_on_batch;
  WorkDone done = work(common, task, whole.started_at, terminal);
  whole.stores = std::move(done.stores);
  whole.ended_at = consent::now();
  whole.exit_code = static_cast<int>(exit_code_after(whole, done));
  put_worst_first(whole.stores);
  return conclude(whole, common);
}

}  // namespace consent_sync::app
