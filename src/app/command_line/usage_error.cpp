#include "usage_error.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "../settings/values.hpp"

namespace consent_sync::app {
namespace {

std::string suggest(std::string_view word, const std::vector<std::string>& known) {
  const std::string_view meant = closest(word, {known.begin(), known.end()});
  return meant.empty() ? "" : fmt::format("; did you mean {}?", meant);
}

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> commands;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    commands.push_back(command->get_name());
  }
  return commands;
}

std::vector<std::string> flags_of(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

std::string unknown_flag(std::string_view flag, const std::string& command,
                         const std::vector<std::string>& flags) {
  if (flag.find("token") != std::string_view::npos) {
    return fmt::format(
        "{} is no flag: a token never stands on the command line; see store.token_env and store.token_file",
        flag);
  }
  return fmt::format("{} is no flag of {}{}", flag, command, suggest(flag, flags));
}

}  // namespace

std::string explain_usage_error(const CLI::App& app, const std::string& sentence, int argc, char** argv) {
  const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  const std::vector<std::string> commands = commands_of(app);
  if (words.empty()) return fmt::format("name a command: {}", fmt::join(commands, ", "));
  const std::string& command = words.front();
  if (!contains(commands, command)) {
    return command.starts_with('-') ? sentence
                                    : fmt::format("{} is no command{}", command, suggest(command, commands));
  }
  const std::vector<std::string> flags = flags_of(*app.get_subcommand(command));
  for (const std::string& word : words) {
    const std::string_view flag = std::string_view(word).substr(0, word.find('='));
    const bool is_blamed = flag.starts_with("--") && sentence.find(flag) != std::string::npos;
    if (is_blamed && !contains(flags, flag)) return unknown_flag(flag, command, flags);
  }
  return sentence;
}

}  // namespace consent_sync::app
