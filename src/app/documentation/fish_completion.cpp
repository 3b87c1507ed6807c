#include <fmt/format.h>
#include <fmt/ranges.h>

#include "completions.hpp"

namespace consent_sync::app {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string value_of(const FlagHelp& flag) {
  switch (flag.kind) {
    case ValueKind::none:
      return "";
    case ValueKind::words:
      return " -x -a " + quoted(fmt::format("{}", fmt::join(flag.words, " ")));
    case ValueKind::file:
      return " -r -F";
    case ValueKind::directory:
      return " -x -a '(__fish_complete_directories)'";
    case ValueKind::other:
      break;
  }
  return " -x";
}

std::string lines_for(const CommandHelp& command) {
  const std::string when = quoted("__fish_seen_subcommand_from " + command.name);
  std::string lines = fmt::format("complete -c consent-sync -n __fish_use_subcommand -a {} -d {}\n",
                                  command.name, quoted(command.help));
  for (const FlagHelp& flag : command.flags) {
    const std::string short_name = flag.short_name.empty() ? "" : " -s " + flag.short_name.substr(1);
    lines += fmt::format("complete -c consent-sync -n {}{} -l {}{} -d {}\n", when, short_name,
                         flag.long_name.substr(2), value_of(flag), quoted(flag.help));
  }
  for (const ArgumentHelp& argument : command.arguments) {
    if (argument.kind == ValueKind::file) lines += fmt::format("complete -c consent-sync -n {} -F\n", when);
  }
  return lines;
}

}  // namespace

std::string fish_completion(const std::vector<CommandHelp>& commands) {
  std::string script =
      "# fish completion for consent-sync; made by: consent-sync completion fish\n"
      "complete -c consent-sync -f\n"
      "complete -c consent-sync -n __fish_use_subcommand -l help -d 'print help'\n"
      "complete -c consent-sync -n __fish_use_subcommand -l version -d 'print the version'\n";
  for (const CommandHelp& command : commands) script += lines_for(command);
  return script;
}

}  // namespace consent_sync::app
