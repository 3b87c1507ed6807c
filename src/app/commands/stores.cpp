#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <consent_sync/report/stores.hpp>

#include "../deadline.hpp"
#include "../monitoring/monitor.hpp"
#include "../run/quick_exit.hpp"
#include "../run_id.hpp"
#include "../stores/exit_code_of_whole.hpp"
#include "../stores/stray_rows.hpp"
#include "../stores/supervisor.hpp"
#include "../token.hpp"
#include "../version.hpp"
#include "commands.hpp"

namespace consent_sync::app {
namespace {

consent::Timestamp now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

// A process that was killed could not tell those who watch its store.
void tell_of_deaths(const std::vector<StoreJob>& stores, const std::vector<report::StoreResult>& results) {
  for (std::size_t i = 0; i < stores.size(); ++i) {
    if (results[i].end != report::StoreResult::End::killed || stores[i].config.dry_run) continue;
    tell_of_failure(stores[i].config, exit_code_of(results[i]),
                    fmt::format("the process of store {} died", results[i].store));
  }
}

ExitCode conclude(const report::StoresResult& whole, const Config& common) {
  if (!common.quiet) fmt::print("{}", report::stores_text(whole));
  const std::string page = (report::write_stores_report(whole, common.report.dir) / "stores.html").string();
  if (!common.quiet) fmt::print("Report: {}\n", page);
  spdlog::log(whole.exit_code == 0 ? spdlog::level::info : spdlog::level::warn,
              "{} stores ended with exit code {}; report: {}", whole.stores.size(), whole.exit_code, page);
  return static_cast<ExitCode>(whole.exit_code);
}

std::vector<report::StrayRows> count_strays(const Config& common, const StoresTask& task,
                                            Terminal& terminal) {
  if (task.names.empty()) return {};
  exit_on_signals(common.log.format);
  terminal.status("reading whose rows they are");
  std::vector<report::StrayRows> strays = find_stray_rows(task.stores, task.names);
  terminal.status("");
  for (const report::StrayRows& some : strays) {
    spdlog::warn("{}: {} rows are of {}, which has no entry", some.input, some.rows,
                 some.store.empty() ? "no store" : "store " + some.store);
  }
  return strays;
}

}  // namespace

ExitCode stores_command(const Config& common, const StoresTask& task, Terminal& terminal) {
  if (common.quiet) terminal.be_quiet();
  keep_out_of_core_dumps();  // the tokens of all may be in our environment
  report::StoresResult whole;
  whole.started_at = process_start();
  whole.id = make_run_id(whole.started_at, boost::uuids::to_string(boost::uuids::random_generator()()));
  whole.mode = task.mode;
  whole.tool_version = version;
  whole.strays = count_strays(common, task, terminal);
  spdlog::info("{} stores, {} at a time", task.stores.size(),
               std::min(task.stores.size(), static_cast<std::size_t>(common.stores_at_once)));
  Supervisor supervisor(common, task.stores, task.arguments, whole.started_at, terminal);
  whole.stores = supervisor.run();
  tell_of_deaths(task.stores, whole.stores);
  whole.ended_at = now();
  whole.exit_code = static_cast<int>(exit_code_of_whole(whole, supervisor.interrupted_with()));
  put_worst_first(whole.stores);
  return conclude(whole, common);
}

}  // namespace consent_sync::app
