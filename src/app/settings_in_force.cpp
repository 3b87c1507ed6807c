#include "settings_in_force.hpp"

#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "configuration_file.hpp"
#include "exit_code.hpp"
#include "export_limits.hpp"
#include "job.hpp"
#include "settings.hpp"

namespace consent_sync::app {
namespace {

void apply_flags(Config& config, const Words& words) {
  for (const Setting& setting : settings()) {
    const auto flag = words.flags.find(std::string(setting.key));
    if (flag != words.flags.end()) apply_setting(config, setting, flag->second, flag_of(setting));
  }
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
    const std::string name = variable_of(setting);
    if (const char* value = std::getenv(name.c_str())) apply_setting(config, setting, value, name);
    const auto flag = words.flags.find(std::string(setting.key));
    if (flag != words.flags.end()) apply_setting(config, setting, flag->second, flag_of(setting));
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
  std::string file = words.config_file;
  if (const char* variable = std::getenv(config_variable.data()); file.empty() && variable) file = variable;
  if (file.empty() && std::filesystem::exists(default_config_file)) file = default_config_file;
  // Of a job only `run` and its like ask what is to be done.
  std::map<std::string, std::string> command{{"command", ""}};
  if (!file.empty()) apply_file(config, file, command, files.stores);
  if (!words.job.empty()) files.job_command = apply_job(config, words.job, files.stores);
  if (!files.stores.empty()) {
    for (const std::string& read : {file, words.job}) require_file(read);
  }
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
