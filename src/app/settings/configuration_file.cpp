#include "configuration_file.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <consent_sync/store/client.hpp>

#include "../exit_code.hpp"
#include "settings.hpp"
#include "values.hpp"

namespace consent_sync::app {
namespace {

bool is_setting(const std::string& key) {
  return std::any_of(settings().begin(), settings().end(),
                     [&](const Setting& setting) { return setting.key == key; });
}

std::string where(const std::filesystem::path& file, const YAML::Node& node) {
  return fmt::format("{}:{}", file.string(), node.Mark().line + 1);
}

class FileSettings {
 public:
  FileSettings(Config& config, const std::filesystem::path& file, std::map<std::string, std::string>& extra)
      : config_(config), file_(file), extra_(extra) {}

  void apply(const YAML::Node& root) {
    if (root.IsNull()) return;
    if (!root.IsMap())
      fail(root, "this is no job or configuration file: expected a list of \"key: value\" lines");
    apply_map(root, "");
  }

  /// The entry of one store: settings of `store` by the last part of their names, and any others as
  /// elsewhere.
  void apply_entry_of_store(const YAML::Node& entry) {
    if (names_token(entry)) forget_token(config_);
    std::set<std::string> seen;
    is_of_store_ = true;
    for (const auto& setting : entry) {
      const std::string key = setting.first.as<std::string>();
      if (!seen.insert(key).second) fail(setting.first, fmt::format("{} is set twice", key));
      if (key == "store" || key.starts_with("store.")) {
        fail(setting.first,
             "an entry is a store: what belongs to it stands in it without store, as hash does");
      }
      const bool is_its_own = is_setting("store." + key) || key.starts_with("token");
      apply_entry(is_its_own ? "store." + key : key, setting.first, setting.second);
    }
  }

 private:
  [[noreturn]] void fail(const YAML::Node& node, const std::string& sentence) const {
    throw Failure(ExitCode::usage, fmt::format("{}: {}", where(node), sentence));
  }

  std::string where(const YAML::Node& node) const { return app::where(file_, node); }

  // A token that a store names takes the place of the one that all have.
  static bool names_token(const YAML::Node& entry) {
    return std::any_of(entry.begin(), entry.end(), [](const auto& setting) {
      return setting.first.template as<std::string>().starts_with("token_");
    });
  }
  static void forget_token(Config& config) {
    config.store.token_file.clear();
    config.store.token_credential.clear();
    config.store.token_command.clear();
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
    if (is_of_store_ && is_for_all_stores(key)) {
      fail(name, fmt::format("{} is the same for all stores: it stands outside stores", key));
    }
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

  static bool is_for_all_stores(const std::string& key) {
    return key == "report.dir" || key == "log.format" || key == "dry_run" || key == "stores_at_once";
  }

  std::string unknown(const std::string& key) const {
    std::vector<std::string_view> keys;
    if (is_of_store_) {
      keys = {"hash", "api_url", "ca_file"};
    } else {
      keys = {"stores"};
    }
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
  bool is_of_store_ = false;
};

/// `stores`: each entry is checked as it is read.
class Stores {
 public:
  Stores(const Config& common, const std::filesystem::path& file) : common_(common), file_(file) {}

  std::vector<StoreEntry> read(const YAML::Node& stores) {
    if (!stores.IsSequence() || stores.size() == 0) {
      fail(stores, "stores takes a list, with an entry for each store: \"- hash: abc123\"");
    }
    std::vector<StoreEntry> entries;
    std::map<std::string, std::string> seen;  // where each hash stands
    for (const YAML::Node& node : stores) {
      StoreEntry entry = read_entry(node);
      const auto [other, is_new] = seen.emplace(entry.hash, entry.where);
      if (!is_new) fail(node, fmt::format("store {} has an entry already ({})", entry.hash, other->second));
      entries.push_back(std::move(entry));
    }
    return entries;
  }

 private:
  [[noreturn]] void fail(const YAML::Node& node, const std::string& sentence) const {
    throw Failure(ExitCode::usage, fmt::format("{}: {}", where(file_, node), sentence));
  }

  StoreEntry read_entry(const YAML::Node& node) const {
    if (!node.IsMap()) fail(node, "expected the settings of a store: \"hash: abc123\"");
    StoreEntry entry;
    entry.where = where(file_, node);
    entry.apply = [node, file = file_](Config& config) {
      std::map<std::string, std::string> nothing_else;
      FileSettings(config, file, nothing_else).apply_entry_of_store(node);
    };
    Config config = common_;
    config.store.hash.clear();
    entry.apply(config);
    entry.hash = config.store.hash;
    if (entry.hash.empty()) fail(node, "this store has no hash: name it, \"hash: abc123\"");
    if (!store::is_store_hash(entry.hash)) {
      fail(node["hash"],
           fmt::format("hash is \"{}\": expected letters, digits, - and _: it names files, too", entry.hash));
    }
    return entry;
  }

  const Config& common_;
  const std::filesystem::path& file_;
};

void apply_root(Config& config, const std::filesystem::path& file, YAML::Node root,
                std::map<std::string, std::string>& extra, std::vector<StoreEntry>& stores) {
  const YAML::Node named = root.IsMap() ? root["stores"] : YAML::Node(YAML::NodeType::Undefined);
  if (named) {
    const std::string twice = fmt::format("{}: stores is set twice", where(file, named));
    root.remove("stores");
    if (root["stores"]) throw Failure(ExitCode::usage, twice);
  }
  FileSettings(config, file, extra).apply(root);
  if (named && !named.IsNull()) stores = Stores(config, file).read(named);
}

/// 0: there is none, and nothing that YAML::Load() would pass over.
int line_of_second_document(const std::string& text) {
  std::istringstream lines(text);
  bool has_begun = false;
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const bool is_marker = line.starts_with("---") && line.find_first_not_of(" \t\r", 3) != 3;
    if (is_marker && has_begun) return number;
    const std::size_t content = line.find_first_not_of(" \t\r");
    has_begun = has_begun || is_marker ||
                (content != std::string::npos && line[content] != '#' && line[content] != '%');
  }
  return 0;
}

}  // namespace

void apply_file(Config& config, const std::filesystem::path& file, std::map<std::string, std::string>& extra,
                std::vector<StoreEntry>& stores) {
  std::ifstream stream(file);
  if (!stream || std::filesystem::is_directory(file)) {
    throw Failure(ExitCode::usage,
                  fmt::format("{} cannot be read: {}", file.string(),
                              std::filesystem::is_directory(file) ? std::string("it is a directory")
                                                                  : std::generic_category().message(errno)));
  }
  try {
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (const int line = line_of_second_document(text); line != 0) {
      throw Failure(
          ExitCode::usage,
          fmt::format("{}:{}: here a second YAML document begins, and a file has one: take this line out",
                      file.string(), line));
    }
    apply_root(config, file, YAML::Load(text), extra, stores);
  } catch (const YAML::Exception& problem) {
    throw Failure(ExitCode::usage, fmt::format("{}:{}: not valid YAML: {}", file.string(),
                                               problem.mark.line + 1, problem.msg));
  }
}

bool is_job(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream || std::filesystem::is_directory(file)) return false;
  try {
    const YAML::Node root = YAML::Load(stream);
    return root.IsMap() && root["command"];
  } catch (const YAML::Exception&) {
    return false;  // whoever applies it tells why
  }
}

}  // namespace consent_sync::app
