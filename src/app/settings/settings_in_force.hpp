#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config.hpp"
#include "settings.hpp"
#include "settings_of_store.hpp"
#include "store_choice.hpp"

namespace consent_sync::app {

/// What a command line says of settings, and of the files in which others stand.
struct Words {
  std::string config_file;
  std::string input;
  std::string only_problems_of;
  std::string job;
  std::map<std::string, std::string> flags;  ///< by setting key
  std::string supervised_settings;           ///< fingerprint of those that this store had when the job began
  StoreChoice stores;
};

/// What the command line or the environment says of a setting.
struct Word {
  std::string value;
  std::string where;  ///< the flag, or the variable
};
/// A flag stands over the environment. Nothing: neither says anything.
std::optional<Word> word_for(const Words& words, const Setting& setting);

/// The configuration file and the job, each over what stood before.
struct Files {
  std::vector<StoreEntry> stores;
  std::string job_command;  ///< "sync" or "audit"; "" without a job
};

/// How to log, by the environment and the flags: it is wanted before a file can be wrong.
void apply_log_settings(Config& config, const Words& words);

// All below throw Failure (usage).

/// The environment or a flag asks for a dry run, whatever stands in files.
bool asks_for_dry_run(const Words& words);

/// Applies the files: the configuration file, and over it the job. A job that --config names stands in the
/// place of a job, and the configuration file is the one that is read without it.
Files read_files(Config& config, const Words& words);

/// Applies what comes over the files: the entry, if this is one of several stores, the environment and the
/// flags.
void apply_over_files(Config& config, const Words& words, const StoreEntry* entry);

/// Each chosen store with its settings over those that all have; none has anything in common with another
/// that it must not.
std::vector<StoreJob> settings_of_stores(const Config& common, const Words& words,
                                         const std::vector<StoreEntry>& stores);

}  // namespace consent_sync::app
