#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "../settings/settings.hpp"

namespace CLI {
class App;
}

namespace consent_sync::app {

struct Operands;

/// What the program is asked to do.
enum class Command : std::uint8_t {
  none,  ///< nothing more: --help, --version or an error has been printed
  sync,  ///< also by `run`
  audit,
  apply,
  undo,
  resume,
  work,
  inspect,
  presets,
  runs,
  report,
  history,
  forget,
  prune,
  doctor,
  sandbox,
  completion,
  manual
};

/// Of a job with several stores, which a command takes up.
enum class StoresTaken : std::uint8_t {
  none,     ///< it heeds no stores
  one,      ///< one, which --store names
  several,  ///< all, or those that are chosen
};

/// All that is known of a command besides what it does.
struct CommandFacts {
  Command command = Command::none;
  std::string_view name;
  std::string_view help;
  bool (*takes)(const Setting&) = nullptr;  ///< which settings have flags; null: it reads no settings at all
  StoresTaken stores = StoresTaken::none;
  bool is_run = false;       ///< a run comes of it, which metrics and hooks tell of
  bool reads_input = false;  ///< and needs one, with its mapping
  bool needs_store = false;  ///< and settings that fit together
  void (*add_operands)(CLI::App&, Operands&) = nullptr;  ///< null: it has none
};

/// In the order of --help.
std::span<const CommandFacts> commands();

/// Of a command that the user can name.
const CommandFacts& facts_of(Command command);

}  // namespace consent_sync::app
