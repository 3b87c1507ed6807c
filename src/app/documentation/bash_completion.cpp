#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "completions.hpp"

namespace consent_sync::app {
namespace {

std::string names_of(const std::vector<CommandHelp>& commands) {
  std::string names;
  for (const CommandHelp& command : commands) names += (names.empty() ? "" : " ") + command.name;
  return names;
}

std::string flags_of(const CommandHelp& command) {
  std::string flags;
  for (const FlagHelp& flag : command.flags) flags += (flags.empty() ? "" : " ") + flag.long_name;
  return flags;
}

std::string answer_for(const FlagHelp& flag) {
  switch (flag.kind) {
    case ValueKind::words:
      return fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$cur\"))", fmt::join(flag.words, " "));
    case ValueKind::file:
      return "_consent_sync_files";
    case ValueKind::directory:
      return "_consent_sync_files -d";
    case ValueKind::other:
      return ":";
    case ValueKind::none:
      break;
  }
  return "";
}

bool takes_a_file(const CommandHelp& command) {
  for (const ArgumentHelp& argument : command.arguments) {
    if (argument.kind == ValueKind::file) return true;
  }
  return false;
}

constexpr const char* begin = R"(# bash completion for consent-sync; made by: consent-sync completion bash

_consent_sync_files() {
    compopt -o filenames 2>/dev/null
    local IFS=$'\n'
    COMPREPLY=($(compgen "${1:--f}" -- "$cur"))
}

_consent_sync() {
    local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" command="" word
    COMPREPLY=()
    # --flag=value comes in three words.
    if [[ $cur == = ]]; then
        cur=""
    elif [[ $prev == = ]]; then
        prev="${COMP_WORDS[COMP_CWORD-2]}"
    fi
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        if [[ $word != -* ]]; then
            command="$word"
            break
        fi
    done
)";

constexpr const char* end = R"(}

complete -F _consent_sync consent-sync
)";

}  // namespace

std::string bash_completion(const std::vector<CommandHelp>& commands) {
  std::map<std::string, std::string> answers;  // a flag means the same in every command
  std::string by_command;
  for (const CommandHelp& command : commands) {
    for (const FlagHelp& flag : command.flags) {
      if (flag.kind == ValueKind::none) continue;
      answers[flag.long_name] = answer_for(flag);
      if (!flag.short_name.empty()) answers[flag.short_name] = answer_for(flag);
    }
    by_command += fmt::format(
        "        {})\n            if [[ $cur == -* ]]; then\n                COMPREPLY=($(compgen -W '{}' "
        "-- \"$cur\"))\n            {}fi\n            ;;\n",
        command.name, flags_of(command),
        takes_a_file(command) ? "else\n                _consent_sync_files\n            " : "");
  }
  std::string script = begin;
  script += "    case \"$prev\" in\n";
  for (const auto& [flag, answer] : answers)
    script += fmt::format("        {}) {}; return ;;\n", flag, answer);
  script += "    esac\n    case \"$command\" in\n";
  script += fmt::format("        \"\") COMPREPLY=($(compgen -W '{} --help --version' -- \"$cur\")) ;;\n",
                        names_of(commands));
  return script + by_command + "    esac\n" + end;
}

}  // namespace consent_sync::app
