#include <fmt/format.h>
#include <fmt/ranges.h>

#include "completions.hpp"

namespace consent_sync::app {
namespace {

/// Text for a specification between single quotes: brackets and colons would end a part of it.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else if (c == '[' || c == ']' || c == ':' || c == '\\') {
      out += '\\';
      out += c;
    } else {
      out += c;
    }
  }
  return out;
}

std::string action_of(ValueKind kind, const std::vector<std::string>& words) {
  switch (kind) {
    case ValueKind::words:
      return fmt::format("({})", fmt::join(words, " "));
    case ValueKind::file:
      return "_files";
    case ValueKind::directory:
      return "_files -/";
    case ValueKind::other:
    case ValueKind::none:
      break;
  }
  return "";
}

std::string specification(const FlagHelp& flag) {
  if (flag.kind == ValueKind::none) return fmt::format("'{}[{}]'", flag.long_name, escaped(flag.help));
  return fmt::format("'{}=[{}]:{}:{}'", flag.long_name, escaped(flag.help), escaped(flag.metavar),
                     action_of(flag.kind, flag.words));
}

std::string arguments_of(const CommandHelp& command) {
  std::string text;
  for (const FlagHelp& flag : command.flags) text += " \\\n                        " + specification(flag);
  for (const ArgumentHelp& argument : command.arguments) {
    text += fmt::format(" \\\n                        '{}:{}:{}'", argument.is_required ? "" : ":",
                        argument.name, action_of(argument.kind, {}));
  }
  return text;
}

}  // namespace

std::string zsh_completion(const std::vector<CommandHelp>& commands) {
  std::string names;
  std::string cases;
  for (const CommandHelp& command : commands) {
    names += fmt::format("                '{}:{}'\n", command.name, escaped(command.help));
    cases += fmt::format("                {})\n                    _arguments{}\n                    ;;\n",
                         command.name, arguments_of(command));
  }
  return fmt::format(R"(#compdef consent-sync
# zsh completion for consent-sync; made by: consent-sync completion zsh

_consent-sync() {{
    local curcontext="$curcontext" state line
    typeset -A opt_args
    _arguments -C '--help[print help]' '--version[print the version]' '1:command:->command' '*::argument:->argument'
    case $state in
        command)
            local -a commands
            commands=(
{})
            _describe -t commands command commands
            ;;
        argument)
            case $words[1] in
{}            esac
            ;;
    esac
}}

if [[ $funcstack[1] == _consent-sync ]]; then
    _consent-sync "$@"
else
    compdef _consent-sync consent-sync
fi
)",
                     names + "            ", cases);
}

}  // namespace consent_sync::app
