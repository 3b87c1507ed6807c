#include "command_line.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "../documentation/completions.hpp"
#include "../documentation/man_page.hpp"
#include "../exit_code.hpp"
#include "../settings/settings.hpp"
#include "../settings/settings_in_force.hpp"
#include "../stores/supervision.hpp"
#include "../version.hpp"
#include "operands.hpp"
#include "usage_error.hpp"

namespace consent_sync::app {
namespace {

/// The setting's value in force is not known yet: that of the defaults stands in the help.
std::string help_of(const Setting& setting) {
  static const Config defaults;
  std::string help = fmt::format("{} [{}]", setting.help, variable_of(setting));
  const std::string value = setting.show(defaults);
  if (!value.empty() && !setting.metavar.empty()) help += fmt::format(" (default: {})", value);
  return help;
}

void add_setting(CLI::App& command, Words& words, const Setting& setting) {
  CLI::Option* option = nullptr;
  const auto take = [&words, key = std::string(setting.key)](const std::string& text) {
    words.flags[key] = text;
  };
  if (setting.metavar.empty()) {
    const std::string help = help_of(setting);
    option = command.add_flag(flag_of(setting), help);
    option->each(take);  // "true", unless a value is given
  } else {
    option = command.add_option_function<std::string>(flag_of(setting), take, help_of(setting));
    option->type_name(std::string(setting.metavar));
  }
  option->group(group_of(setting));
}

void add_settings(CLI::App& command, Words& words, bool (*takes)(const Setting&)) {
  command
      .add_option("-c,--config", words.config_file,
                  fmt::format("configuration file, or a job file (default: {}, where there is one) [{}]",
                              default_config_file, config_variable))
      ->type_name("FILE")
      ->group("General");
  for (const Setting& setting : settings()) {
    if (takes(setting)) add_setting(command, words, setting);
  }
}

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

void add_command(CLI::App& app, const CommandFacts& facts, Operands& operands) {
  Request& request = operands.request;
  CLI::App& command = *app.add_subcommand(std::string(facts.name), std::string(facts.help));
  if (facts.takes != nullptr) {
    add_settings(command, request.words, facts.takes);
    command.footer(exit_code_help());
  }
  if (facts.add_operands != nullptr) facts.add_operands(command, operands);
  if (facts.stores == StoresTaken::one) add_store(command, request.words);
  if (facts.stores == StoresTaken::several) add_stores(command, request.words, request.config);
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

/// The command that was named; nothing: --help or --version, which has been printed.
const CommandFacts* parse(CLI::App& app, int argc, char** argv, Request& request) {
  try {
    app.parse(as_flags(request.arguments));
  } catch (const CLI::Success& help_or_version) {
    request.exit_code = app.exit(help_or_version);
    return nullptr;
  } catch (const CLI::ParseError& problem) {
    apply_log_settings(request.config, request.words);
    throw Failure(ExitCode::usage,
                  explain_usage_error(app, problem.what(), argc, argv) + " (--help lists what there is)");
  }
  const std::string name = app.get_subcommands().front()->get_name();
  const auto found = std::find_if(commands().begin(), commands().end(),
                                  [&](const CommandFacts& facts) { return facts.name == name; });
  return &*found;
}

// Made from what the parser knows, so that neither can say what --help does not.
std::string documentation(const CLI::App& app, const std::string& shell) {
  const std::vector<CommandHelp> described = describe_commands(app);
  if (shell == "bash") return bash_completion(described);
  if (shell == "zsh") return zsh_completion(described);
  if (shell == "fish") return fish_completion(described);
  return man_page(described, app.get_description());
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
  Operands operands{request};
  for (const CommandFacts& facts : commands()) add_command(app, facts, operands);

  request.arguments.assign(argv + std::min(argc, 1), argv + argc);
  apply_log_settings(request.config, request.words);
  const CommandFacts* const named = parse(app, argc, argv, request);
  if (named == nullptr) return;
  request.command = named->command;
  if (request.command == Command::sandbox) request.sandbox = read_sandbox_options(operands.sandbox);
  if (request.command == Command::manual || request.command == Command::completion)
    request.text = documentation(app, operands.shell);
  if (named->takes == nullptr) return;
  request.history = read_history_request(operands.history);
  complete_request(request);
}

}  // namespace consent_sync::app
