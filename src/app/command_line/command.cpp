#include "command.hpp"

#include <algorithm>
#include <array>

#include "operands.hpp"

namespace consent_sync::app {
namespace {

bool every_setting(const Setting&) {
  return true;
}
bool is_for_doctor(const Setting& setting) {
  return setting.key.starts_with("store.") || setting.key.starts_with("http.") ||
         setting.key == "rate.share" || setting.key == "input.path" || setting.key == "report.dir" ||
         setting.key == "ledger" || setting.key == "stores_at_once" || setting.key.starts_with("log.");
}
bool is_for_inspection(const Setting& setting) {
  return setting.key.starts_with("input.") || setting.key.starts_with("log.");
}
bool is_for_ledger(const Setting& setting) {
  return setting.key == "ledger" || setting.key.starts_with("log.");
}
bool is_for_report(const Setting& setting) {
  return is_for_ledger(setting) || setting.key.starts_with("report.");
}
bool is_for_history(const Setting& setting) {
  return is_for_ledger(setting) || setting.key == "store.hash";
}
bool is_for_forgetting(const Setting& setting) {
  return is_for_history(setting) || is_for_report(setting);
}
bool is_for_pruning(const Setting& setting) {
  return is_for_history(setting) || setting.key == "ledger_keep";
}

constexpr std::array table{
    CommandFacts{.command = Command::sync,
                 .name = "sync",
                 .help = "bring the store in line with INPUT; --dry-run only plans",
                 .takes = every_setting,
                 .stores = StoresTaken::several,
                 .is_run = true,
                 .reads_input = true,
                 .needs_store = true,
                 .add_operands = add_sync_operands},
    CommandFacts{.command = Command::audit,
                 .name = "audit",
                 .help = "ask the store, and report where it differs from INPUT; changes nothing",
                 .takes = every_setting,
                 .stores = StoresTaken::several,
                 .is_run = true,
                 .reads_input = true,
                 .needs_store = true,
                 .add_operands = add_input},
    CommandFacts{.command = Command::apply,
                 .name = "apply",
                 .help = "carry out the plan of a dry run, exactly, and once",
                 .takes = every_setting,
                 .stores = StoresTaken::one,
                 .is_run = true,
                 .needs_store = true,
                 .add_operands = add_apply_operands},
    CommandFacts{.command = Command::undo,
                 .name = "undo",
                 .help = "take back the changes of a run, where nothing has changed them since",
                 .takes = every_setting,
                 .stores = StoresTaken::one,
                 .is_run = true,
                 .needs_store = true,
                 .add_operands = add_run},
    CommandFacts{.command = Command::resume,
                 .name = "resume",
                 .help = "finish the store's unfinished run; its input is not needed",
                 .takes = every_setting,
                 .stores = StoresTaken::several,
                 .is_run = true,
                 .needs_store = true,
                 .add_operands = add_resume_operands},
    CommandFacts{.command = Command::sync,
                 .name = "run",
                 .help = "do what a job file says",
                 .takes = every_setting,
                 .stores = StoresTaken::several,
                 .is_run = true,
                 .reads_input = true,
                 .needs_store = true,
                 .add_operands = add_job},
    CommandFacts{.command = Command::work,
                 .name = "work",
                 .help = "do what a job file with many stores says, beside other processes that do, on any "
                         "number of machines (ledger in PostgreSQL)",
                 .takes = every_setting,
                 .stores = StoresTaken::several,
                 .is_run = true,
                 .reads_input = true,
                 .needs_store = true,
                 .add_operands = add_work_operands},
    CommandFacts{.command = Command::inspect,
                 .name = "inspect",
                 .help = "say what is in INPUT, and how it could be read",
                 .takes = is_for_inspection,
                 .reads_input = true,
                 .add_operands = add_inspect_operands},
    CommandFacts{.command = Command::presets,
                 .name = "presets",
                 .help = "list the presets for other platforms' exports, or print one",
                 .add_operands = add_presets_operands},
    CommandFacts{.command = Command::runs,
                 .name = "runs",
                 .help = "list the runs in the ledger, the unfinished first, then the newest",
                 .takes = is_for_ledger,
                 .stores = StoresTaken::one,
                 .add_operands = add_runs_operands},
    CommandFacts{.command = Command::report,
                 .name = "report",
                 .help = "write a run's report again",
                 .takes = is_for_report,
                 .stores = StoresTaken::one,
                 .add_operands = add_run},
    CommandFacts{.command = Command::history,
                 .name = "history",
                 .help = "what was confirmed for a customer, or for all; or verify that it is whole",
                 .takes = is_for_history,
                 .stores = StoresTaken::one,
                 .add_operands = add_history_operands},
    CommandFacts{
        .command = Command::forget,
        .name = "forget",
        .help = "erase a customer from the ledger and its reports; its history can still be verified",
        .takes = is_for_forgetting,
        .stores = StoresTaken::one,
        .add_operands = add_forget_operands},
    CommandFacts{.command = Command::prune,
                 .name = "prune",
                 .help = "remove runs from the ledger that ended longer ago than ledger_keep; a sync or an "
                         "audit does it by itself when it has ended",
                 .takes = is_for_pruning,
                 .stores = StoresTaken::one,
                 .add_operands = add_prune_operands},
    CommandFacts{.command = Command::doctor,
                 .name = "doctor",
                 .help = "check configuration, input, report directory, ledger, TLS, token and quota with "
                         "one request, of each store",
                 .takes = is_for_doctor,
                 .stores = StoresTaken::several,
                 .needs_store = true,
                 .add_operands = add_doctor_operands},
    CommandFacts{.command = Command::sandbox,
                 .name = "sandbox",
                 .help = "serve a local store to try everything on",
                 .add_operands = add_sandbox_operands},
    CommandFacts{.command = Command::completion,
                 .name = "completion",
                 .help = "print a completion script for a shell",
                 .add_operands = add_completion_operands},
    CommandFacts{.command = Command::manual, .name = "manual", .help = "print the manual page, for man -l -"},
};

}  // namespace

std::span<const CommandFacts> commands() {
  return table;
}

const CommandFacts& facts_of(Command command) {
  return *std::find_if(table.begin(), table.end(),
                       [=](const CommandFacts& facts) { return facts.command == command; });
}

}  // namespace consent_sync::app
