#include "configuration_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "exit_code.hpp"
#include "settings.hpp"
#include "values.hpp"

namespace consent_sync::app {
namespace {

class FileSettings {
 public:
  FileSettings(Config& config, const std::filesystem::path& file, std::map<std::string, std::string>& extra)
      : config_(config), file_(file), extra_(extra) {}

  void apply(const YAML::Node& root) {
    if (root.IsNull()) return;
    if (!root.IsMap()) fail(root, "expected a list of \"key: value\" lines");
    apply_map(root, "");
  }

 private:
  [[noreturn]] void fail(const YAML::Node& node, const std::string& sentence) const {
    throw Failure(ExitCode::usage, fmt::format("{}: {}", where(node), sentence));
  }

  std::string where(const YAML::Node& node) const {
    return fmt::format("{}:{}", file_.string(), node.Mark().line + 1);
  }

  void apply_map(const YAML::Node& map, const std::string& prefix) {
    std::set<std::string> seen;
    for (const auto& entry : map) {
      const std::string key = prefix + entry.first.as<std::string>();
      if (!seen.insert(key).second) fail(entry.first, fmt::format("{} is set twice", key));
      apply_entry(key, entry.first, entry.second);
    }
  }

  void apply_entry(const std::string& key, const YAML::Node& name, const YAML::Node& value) {
    const auto setting = std::find_if(settings().begin(), settings().end(),
                                      [&](const Setting& candidate) { return candidate.key == key; });
    const bool is_extra = extra_.contains(key);
    const bool is_group = std::any_of(settings().begin(), settings().end(), [&](const Setting& candidate) {
      return candidate.key.starts_with(key + ".");
    });
    if (setting == settings().end() && !is_extra && !is_group) fail(name, unknown(key));
    if (value.IsNull()) return;
    if (is_group) {
      if (!value.IsMap())
        fail(value, fmt::format("{} is a group: its settings stand below it, indented", key));
      apply_map(value, key + ".");
    } else if (!is_extra && setting->is_map && value.IsMap()) {
      apply_mapping(*setting, value);
    } else if (!value.IsScalar()) {
      fail(value, fmt::format("{} takes one value", key));
    } else if (is_extra) {
      extra_[key] = value.Scalar();
    } else {
      apply_setting(config_, *setting, value.Scalar(), where(value),
                    std::filesystem::absolute(file_).parent_path());
    }
  }

  void apply_mapping(const Setting& setting, const YAML::Node& value) {
    try {
      input::check_mapping_part(value);
    } catch (const input::MappingError& problem) {
      throw Failure(ExitCode::usage, fmt::format("{}:{}: {}: {}", file_.string(), problem.line(), setting.key,
                                                 problem.what()));
    }
    apply_setting(config_, setting, YAML::Dump(value), where(value));
  }

  static std::string unknown(const std::string& key) {
    std::vector<std::string_view> keys;
    for (const Setting& setting : settings()) keys.push_back(setting.key);
    if (key.starts_with("store.token")) {
      return fmt::format(
          "{} is no setting: the token stands in the variable that store.token_env names, or in the "
          "file that store.token_file names",
          key);
    }
    const std::string_view meant = closest(key, keys);
    return fmt::format("{} is no setting{}", key,
                       meant.empty() ? "" : fmt::format("; did you mean {}?", meant));
  }

  Config& config_;
  const std::filesystem::path& file_;
  std::map<std::string, std::string>& extra_;
};

}  // namespace

void apply_file(Config& config, const std::filesystem::path& file,
                std::map<std::string, std::string>& extra) {
  std::ifstream stream(file);
  if (!stream || std::filesystem::is_directory(file)) {
    throw Failure(ExitCode::usage, fmt::format("{} cannot be read: {}", file.string(),
                                               std::filesystem::is_directory(file) ? "it is a directory"
                                                                                   : std::strerror(errno)));
  }
  try {
    FileSettings(config, file, extra).apply(YAML::Load(stream));
  } catch (const YAML::Exception& problem) {
    throw Failure(ExitCode::usage, fmt::format("{}:{}: not valid YAML: {}", file.string(),
                                               problem.mark.line + 1, problem.msg));
  }
}

}  // namespace consent_sync::app
