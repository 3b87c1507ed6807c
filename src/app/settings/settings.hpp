#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config.hpp"

namespace consent_sync::app {

/// Names the configuration file, as --config does.
inline constexpr std::string_view config_variable = "CONSENT_SYNC_CONFIG";
/// Read where no other is named.
inline constexpr const char* default_config_file = "consent-sync.yaml";

/// One setting: the same name as key, flag and environment variable ("rate.share", --rate-share,
/// CONSENT_SYNC_RATE_SHARE).
struct Setting {
  std::string_view key;
  std::string_view
      metavar;  ///< of the value in --help; empty for a switch that needs none on the command line
  std::string_view help;
  /// Reads a value into the configuration. Throws std::invalid_argument ("expected ...").
  std::function<void(Config&, std::string_view)> apply;
  /// The value in force, as apply() would take it but for what is secret in it; empty when not set.
  std::function<std::string(const Config&)> show;
  bool is_path = false;      ///< relative to the directory of the file it stands in
  bool may_be_name = false;  ///< with is_path: a path only if it has a / in it or ends with .yaml
  bool is_map = false;       ///< in a file, YAML below the key; elsewhere its text
};

/// All settings, in the order of --help.
const std::vector<Setting>& settings();

std::string flag_of(const Setting& setting);
std::string variable_of(const Setting& setting);
/// The part before the first dot: a group of --help.
std::string group_of(const Setting& setting);

/// The name that input.encoding has for it.
std::string_view encoding_name(input::Encoding encoding);

/// A value of a setting that may be a name or a file is a file.
bool names_a_file(std::string_view value);

/// Applies one value. Throws Failure (usage) that names `where` ("config.yaml:7", "--rate-share") and the
/// key.
void apply_setting(Config& config, const Setting& setting, std::string_view value, const std::string& where,
                   const std::filesystem::path& base = {});

/// Applies what the environment sets. An unknown CONSENT_SYNC_* variable is an error: a typing error must not
/// pass silently.
void apply_environment(Config& config);

/// "key: value" lines of all settings in force, of the job file and of the one that --config names.
std::string describe(const Config& config);

}  // namespace consent_sync::app
