#include "settings_in_force.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "../exit_code.hpp"
#include "configuration_file.hpp"
#include "export_limits.hpp"
#include "job.hpp"
#include "settings.hpp"

namespace consent_sync::app {
namespace {

std::optional<Word> flag_for(const Words& words, const Setting& setting) {
  const auto flag = words.flags.find(std::string(setting.key));
  if (flag == words.flags.end()) return std::nullopt;
  return Word{flag->second, flag_of(setting)};
}

void apply_flags(Config& config, const Words& words) {
  for (const Setting& setting : settings()) {
    if (const auto flag = flag_for(words, setting)) apply_setting(config, setting, flag->value, flag->where);
  }
}

/// The file that is read where the command line names none; "" for none.
std::string usual_config_file() {
  if (const char* variable = std::getenv(config_variable.data())) return variable;
  return std::filesystem::exists(default_config_file) ? default_config_file : "";
}

// The process of each store reads it again.
void require_file(const std::string& file) {
  if (file.empty() || std::filesystem::is_regular_file(file)) return;
  throw Failure(
      ExitCode::usage,
      fmt::format("{} names several stores, and is read for each of them: write it to a file", file));
}

/// The settings whose keys begin so, by the environment and the flags.
void apply_before_files(Config& config, const Words& words, std::string_view prefix) {
  for (const Setting& setting : settings()) {
    if (!setting.key.starts_with(prefix)) continue;
    if (const auto word = word_for(words, setting)) apply_setting(config, setting, word->value, word->where);
  }
}

void take_only_problems(Config& config, const Words& words) {
  if (words.only_problems_of.empty()) return;
  if (!words.input.empty()) {
    throw Failure(ExitCode::usage, "INPUT and --only-problems-of are two inputs: give one of them");
  }
  config.input.path.clear();
  config.input.only_problems_of = words.only_problems_of;
  lift_export_limits(config);
}

}  // namespace

std::optional<Word> word_for(const Words& words, const Setting& setting) {
  if (std::optional<Word> flag = flag_for(words, setting)) return flag;
  std::string name = variable_of(setting);
  const char* const value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return Word{value, std::move(name)};
}

void apply_log_settings(Config& config, const Words& words) {
  apply_before_files(config, words, "log.");
}

bool asks_for_dry_run(const Words& words) {
  Config asked_for;
  apply_before_files(asked_for, words, "dry_run");
  return asked_for.dry_run;
}

Files read_files(Config& config, const Words& words) {
  Files files;
  config.config_file = words.config_file;
  const bool is_over_another = words.config_file.empty() || is_job(words.config_file);
  std::vector<std::string> layers;
  if (is_over_another) layers.push_back(usual_config_file());
  layers.push_back(words.config_file);
  // Of a job only `run` and its like ask what is to be done.
  std::map<std::string, std::string> command{{"command", ""}};
  for (const std::string& layer : layers) {
    if (!layer.empty()) apply_file(config, layer, command, files.stores);
  }
  if (!words.job.empty()) files.job_command = apply_job(config, words.job, files.stores);
  layers.push_back(words.job);
  if (!files.stores.empty()) std::for_each(layers.begin(), layers.end(), require_file);
  return files;
}

void apply_over_files(Config& config, const Words& words, const StoreEntry* entry) {
  if (entry) entry->apply(config);
  apply_environment(config);
  apply_flags(config, words);
  if (!words.input.empty()) config.input.path = words.input;
  take_only_problems(config, words);
  if (entry) set_apart(config, *entry);
  name_store(config);
}

std::vector<StoreJob> settings_of_stores(const Config& common, const Words& words,
                                         const std::vector<StoreEntry>& stores) {
  std::vector<StoreJob> jobs;
  for (const StoreEntry& entry : chosen(stores, words.stores)) {
    jobs.push_back({entry.where, common});
    apply_over_files(jobs.back().config, words, &entry);
  }
  if (const std::string problem = in_common(jobs); !problem.empty()) throw Failure(ExitCode::usage, problem);
  return jobs;
}

}  // namespace consent_sync::app
