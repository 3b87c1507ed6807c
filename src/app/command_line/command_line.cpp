#include "command_line.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "../documentation/completions.hpp"
#include "../documentation/man_page.hpp"
#include "../exit_code.hpp"
#include "../settings/settings.hpp"
#include "../settings/settings_in_force.hpp"
#include "../stores/supervision.hpp"
#include "../version.hpp"
#include "history_options.hpp"
#include "sandbox_options.hpp"
#include "usage_error.hpp"

namespace consent_sync::app {
namespace {

using SettingFilter = bool (*)(const Setting&);

bool every_setting(const Setting&) {
  return true;
}
bool is_for_doctor(const Setting& setting) {
  return setting.key.starts_with("store.") || setting.key.starts_with("http.") ||
         setting.key == "rate.share" || setting.key == "ledger" || setting.key == "stores_at_once" ||
         setting.key.starts_with("log.");
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

void add_settings(CLI::App& command, Words& words, SettingFilter wanted) {
  command
      .add_option("-c,--config", words.config_file,
                  fmt::format("configuration file, or a job file (default: {}, where there is one) [{}]",
                              default_config_file, config_variable))
      ->type_name("FILE")
      ->group("General");
  const Config defaults;
  for (const Setting& setting : settings()) {
    if (!wanted(setting)) continue;
    const std::string value = setting.show(defaults);
    std::string help = fmt::format("{} [{}]", setting.help, variable_of(setting));
    if (!value.empty() && !setting.metavar.empty()) help += fmt::format(" (default: {})", value);
    CLI::Option* option = nullptr;
    const auto take = [&words, key = std::string(setting.key)](const std::string& text) {
      words.flags[key] = text;
    };
    if (setting.metavar.empty()) {
      option = command.add_flag_function(
          flag_of(setting), [take](std::int64_t count) { take(count > 0 ? "true" : "false"); }, help);
    } else {
      option = command.add_option_function<std::string>(flag_of(setting), take, help);
      option->type_name(std::string(setting.metavar));
    }
    option->group(group_of(setting));
  }
}

CLI::App* add_command(CLI::App& app, Words& words, const std::string& name, const std::string& help,
                      SettingFilter wanted) {
  CLI::App* command = app.add_subcommand(name, help);
  add_settings(*command, words, wanted);
  command->footer(exit_code_help());
  return command;
}

using Command = Request::Command;

// A store of several has its settings in the files that name it.
void add_store(CLI::App& command, Words& words) {
  command.add_option("--store", words.stores.one, "of several stores (stores), this one")
      ->type_name("HASH")
      ->group("General");
}

void add_stores(CLI::App& command, Words& words, Config& config) {
  add_store(command, words);
  command
      .add_option("--only-store", words.stores.only,
                  "of several stores (stores), these only; may stand several times")
      ->type_name("HASH")
      ->group("General")
      ->allow_extra_args(false);
  command
      .add_option_function<std::int64_t>(supervised_flag,
                                         [&config](std::int64_t at) {
                                           config.supervised_since =
                                               consent::Timestamp(std::chrono::milliseconds(at));
                                         })
      ->group("");
  command.add_option(supervised_settings_flag, words.supervised_settings)->group("");
}

/// `help`, `help COMMAND` and `version`, as people type them, and in the order in which the parser takes
/// them.
std::vector<std::string> as_flags(std::vector<std::string> arguments) {
  if (!arguments.empty() && (arguments.front() == "help" || arguments.front() == "version")) {
    arguments.push_back("--" + arguments.front());
    arguments.erase(arguments.begin());
  }
  std::reverse(arguments.begin(), arguments.end());
  return arguments;
}

// Made from what the parser knows, so that neither can say what --help does not.
std::string documentation(const CLI::App& app, const std::string& shell) {
  const std::vector<CommandHelp> commands = describe_commands(app);
  if (shell == "bash") return bash_completion(commands);
  if (shell == "zsh") return zsh_completion(commands);
  if (shell == "fish") return fish_completion(commands);
  return man_page(commands, app.get_description());
}

}  // namespace

void read_request(int argc, char** argv, Request& request) {
  CLI::App app(
      "Brings a BigCommerce store's customer consent in line with a list, and accounts for every row.",
      "consent-sync");
  app.set_version_flag("-V,--version", fmt::format("consent-sync {}", version));
  app.require_subcommand(1);
  app.get_formatter()->column_width(44);
  app.footer("consent-sync COMMAND --help tells more.\n\n" + exit_code_help());
  request.arguments.assign(argv + std::min(argc, 1), argv + argc);
  Words& words = request.words;
  apply_log_settings(request.config, words);

  CLI::App* sync = add_command(app, words, "sync", "bring the store in line with INPUT; --dry-run only plans",
                               every_setting);
  sync->add_option("INPUT", words.input, "CSV or NDJSON, also .gz and .zst; - is standard input");
  sync->add_option("--only-problems-of", words.only_problems_of,
                   "in place of INPUT: the rows that ended as a problem in this run, from the ledger")
      ->type_name("RUN");
  CLI::App* audit =
      add_command(app, words, "audit",
                  "ask the store, and report where it differs from INPUT; changes nothing", every_setting);
  audit->add_option("INPUT", words.input, "CSV or NDJSON, also .gz and .zst; - is standard input");
  CLI::App* apply =
      add_command(app, words, "apply", "carry out the plan of a dry run, exactly, and once", every_setting);
  apply->add_option("PLAN", request.run_id, "id of the dry run")->required();
  apply->add_option("INPUT", words.input, "the input, where it lies elsewhere now");
  CLI::App* undo =
      add_command(app, words, "undo", "take back the changes of a run, where nothing has changed them since",
                  every_setting);
  undo->add_option("RUN", request.run_id, "id of the run")->required();
  CLI::App* resume = add_command(app, words, "resume",
                                 "finish the store's unfinished run; its input is not needed", every_setting);
  resume->add_option("JOB", words.job, "job file (YAML) with the settings of that run");
  CLI::App* run = add_command(app, words, "run", "do what a job file says", every_setting);
  run->add_option("JOB", words.job, "job file (YAML)")->required();
  CLI::App* work =
      add_command(app, words, "work",
                  "do what a job file with many stores says, beside other processes that do, on any number "
                  "of machines (ledger in PostgreSQL)",
                  every_setting);
  work->add_option("JOB", words.job, "job file (YAML)")->required();
  work->add_option("--batch", request.batch,
                   "what is done once by all who work on it: each store has one turn in a batch (default: "
                   "the day in UTC)")
      ->type_name("NAME");
  CLI::App* inspect =
      add_command(app, words, "inspect", "say what is in INPUT, and how it could be read", is_for_inspection);
  inspect->add_option("INPUT", words.input, "CSV or JSON, also .gz and .zst");
  inspect->add_option("--write-job", request.job_file, "write a starter job file")->type_name("FILE");
  CLI::App* presets =
      app.add_subcommand("presets", "list the presets for other platforms' exports, or print one");
  presets->add_option("NAME", request.preset, "the preset to print");
  CLI::App* runs =
      add_command(app, words, "runs", "list the runs in the ledger, the unfinished first, then the newest",
                  is_for_ledger);
  runs->add_option("--limit", request.runs_limit, "how many (default: 20)")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000).description(""));
  std::string runs_format;
  add_format(*runs, runs_format);
  CLI::App* report = add_command(app, words, "report", "write a run's report again", is_for_report);
  report->add_option("RUN", request.run_id, "id of the run")->required();
  HistoryWords history_words;
  CLI::App* history = add_command(app, words, "history",
                                  "what was confirmed for a customer, or for all; or verify that it is whole",
                                  is_for_history);
  add_history_options(*history, history_words);
  CLI::App* forget =
      add_command(app, words, "forget",
                  "erase a customer from the ledger and its reports; its history can still be verified",
                  is_for_forgetting);
  forget->add_option("CUSTOMER", history_words.customer, "the store's id of the customer")->required();
  forget->add_flag("--yes", request.is_sure, "do it; without, it only says what it would erase");
  CLI::App* prune =
      add_command(app, words, "prune",
                  "remove runs from the ledger that ended longer ago than ledger_keep; a sync or an "
                  "audit does it by itself when it has ended",
                  is_for_pruning);
  prune->add_flag("--yes", request.is_sure, "do it; without, it only says what it would remove");
  CLI::App* doctor = add_command(app, words, "doctor",
                                 "check configuration, input, report directory, ledger, TLS, token and quota "
                                 "with one request, of each store",
                                 is_for_doctor);
  doctor->add_option("JOB", words.job, "job file (YAML) with the settings to check");
  SandboxWords sandbox_words;
  CLI::App* sandbox = add_sandbox_command(app, sandbox_words);

  for (CLI::App* command : {sync, audit, resume, run, work, doctor})
    add_stores(*command, words, request.config);
  for (CLI::App* command : {apply, undo, runs, report, history, forget, prune}) add_store(*command, words);

  std::string shell;
  CLI::App* completion = app.add_subcommand("completion", "print a completion script for a shell");
  completion->add_option("SHELL", shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  CLI::App* manual = app.add_subcommand("manual", "print the manual page, for man -l -");

  try {
    app.parse(as_flags(request.arguments));
  } catch (const CLI::Success& help_or_version) {
    request.exit_code = app.exit(help_or_version);
    return;
  } catch (const CLI::ParseError& problem) {
    apply_log_settings(request.config, words);
    throw Failure(ExitCode::usage,
                  explain_usage_error(app, problem.what(), argc, argv) + " (--help lists what there is)");
  }

  if (sandbox->parsed()) {
    request.command = Request::Command::sandbox;
    request.sandbox = read_sandbox_options(sandbox_words);
    return;
  }
  if (manual->parsed() || completion->parsed()) {
    request.command = Request::Command::text;
    request.text = documentation(app, shell);
    return;
  }
  if (presets->parsed()) {
    request.command = Request::Command::presets;
    return;
  }
  request.command = sync->parsed() || run->parsed() ? Command::sync
                    : work->parsed()                ? Command::work
                    : audit->parsed()               ? Command::audit
                    : apply->parsed()               ? Command::apply
                    : undo->parsed()                ? Command::undo
                    : resume->parsed()              ? Command::resume
                    : inspect->parsed()             ? Command::inspect
                    : history->parsed()             ? Command::history
                    : forget->parsed()              ? Command::forget
                    : prune->parsed()               ? Command::prune
                    : doctor->parsed()              ? Command::doctor
                    : runs->parsed()                ? Command::runs
                                                    : Command::report;
  request.history = read_history_request(history_words);
  if (runs->parsed()) request.history.format = format_of(runs_format);
  complete_request(request, words);
}

}  // namespace consent_sync::app
