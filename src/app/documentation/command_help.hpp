#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace consent_sync::app {

/// What a flag takes, as far as a shell can help with it.
enum class ValueKind : std::uint8_t { none, words, file, directory, other };

struct FlagHelp {
  std::string long_name;   ///< "--rate-share"
  std::string short_name;  ///< "-c", or empty
  std::string metavar;     ///< "SHARE"; empty without a value
  std::string help;
  std::string group;
  ValueKind kind = ValueKind::none;
  std::vector<std::string> words;  ///< with ValueKind::words
};

struct ArgumentHelp {
  std::string name;  ///< "INPUT"
  std::string help;
  bool is_required = false;
  ValueKind kind = ValueKind::other;
};

struct CommandHelp {
  std::string name;
  std::string help;
  std::string footer;
  std::vector<ArgumentHelp> arguments;
  std::vector<FlagHelp> flags;
};

/// What the command line's parser knows of its commands: the one source of --help, the man page and
/// completions.
std::vector<CommandHelp> describe_commands(const CLI::App& app);

}  // namespace consent_sync::app
