#include "settings_in_force.hpp"

#include <cstdlib>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "configuration_file.hpp"
#include "exit_code.hpp"
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

// The limits that find a truncated or swapped export do not fit: there is no export, and all of it is to
// change.
void take_only_problems(Config& config, const Words& words) {
  if (words.only_problems_of.empty()) return;
  if (!words.input.empty()) {
    throw Failure(ExitCode::usage, "INPUT and --only-problems-of are two inputs: give one of them");
  }
  config.input.path.clear();
  config.input.only_problems_of = words.only_problems_of;
  config.safety.min_rows = 0;
  config.safety.max_change_ratio.reset();
  config.safety.max_invalid_ratio.reset();
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
  for (const Setting& setting : settings()) {
    if (!setting.key.starts_with("log.")) continue;
    if (const auto word = word_for(words, setting)) apply_setting(config, setting, word->value, word->where);
  }
}

Files read_files(Config& config, const Words& words) {
  Files files;
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
