#pragma once

#include <string>
#include <vector>

#include <consent_sync/sandbox/server.hpp>

#include "../commands/commands.hpp"
#include "../settings/config.hpp"
#include "../settings/settings_in_force.hpp"
#include "../settings/settings_of_store.hpp"
#include "command.hpp"

namespace consent_sync::app {

/// What the user asked for, with all settings in their order of precedence: flags over environment over job
/// file over configuration file over defaults.
struct Request {
  Command command = Command::none;
  Words words;                           ///< of the command line, as far as they are of settings
  Config config;                         ///< of several stores: what they have in common
  std::vector<StoreJob> stores;          ///< several stores are meant, each with its own settings; empty: one
  std::vector<std::string> store_names;  ///< of all that have an entry, chosen or not
  std::vector<std::string> arguments;    ///< of the command line, as they are
  std::string batch;                     ///< work: its name
  bool asks_for_dry_run = false;         ///< a flag or the environment does, whatever files say
  std::size_t runs_limit = 20;
  std::string run_id;
  HistoryRequest history;  ///< forget: its customer; runs: its format
  bool is_sure = false;    ///< forget, prune: --yes
  std::string job_file;    ///< inspect: the starter job to write; "" for none
  std::string preset;      ///< presets: the one to print; "" for a list
  sandbox::Options sandbox;
  std::string text;   ///< with Command::completion or manual: what to print
  int exit_code = 0;  ///< with Command::none: --help, --version or an error has been printed
};

/// Gives a request whose command is known its settings, from the files, the environment and the command line
/// in their order. Throws Failure (usage) where the command lacks something, or something does not fit.
void complete_request(Request& request);

}  // namespace consent_sync::app
