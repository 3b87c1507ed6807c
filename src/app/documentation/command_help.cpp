#include "command_help.hpp"

#include <algorithm>
#include <sstream>

namespace consent_sync::app {
namespace {

std::vector<std::string> split_words(const std::string& text) {
  std::vector<std::string> words;
  std::istringstream stream(text);
  for (std::string word; std::getline(stream, word, '|');) words.push_back(word);
  return words;
}

/// Words to choose from; what stands for a value, as in N|N%, is in capitals.
bool are_words(const std::string& metavar) {
  return metavar.find('|') != std::string::npos &&
         std::any_of(metavar.begin(), metavar.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

ValueKind kind_of(const std::string& metavar) {
  if (metavar.empty()) return ValueKind::none;
  if (are_words(metavar)) return ValueKind::words;
  if (metavar == "FILE" || metavar == "INPUT" || metavar == "JOB") return ValueKind::file;
  return metavar == "DIR" ? ValueKind::directory : ValueKind::other;
}

FlagHelp describe_flag(const CLI::Option& option) {
  FlagHelp flag;
  flag.long_name = "--" + option.get_lnames().front();
  if (!option.get_snames().empty()) flag.short_name = "-" + option.get_snames().front();
  if (option.get_items_expected_max() > 0) flag.metavar = option.get_type_name();
  flag.help = option.get_description();
  flag.group = option.get_group();
  flag.kind = kind_of(flag.metavar);
  if (flag.kind == ValueKind::words) flag.words = split_words(flag.metavar);
  return flag;
}

ArgumentHelp describe_argument(const CLI::Option& option) {
  const std::string name = option.get_name(true);
  return {name, option.get_description(), option.get_required(), kind_of(name)};
}

CommandHelp describe_command(const CLI::App& command) {
  CommandHelp help;
  help.name = command.get_name();
  help.help = command.get_description();
  help.footer = command.get_footer();
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_group().empty()) continue;  // not for people
    if (option->get_positional()) {
      help.arguments.push_back(describe_argument(*option));
    } else {
      help.flags.push_back(describe_flag(*option));
    }
  }
  return help;
}

}  // namespace

std::vector<CommandHelp> describe_commands(const CLI::App& app) {
  std::vector<CommandHelp> commands;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    commands.push_back(describe_command(*command));
  }
  return commands;
}

}  // namespace consent_sync::app
