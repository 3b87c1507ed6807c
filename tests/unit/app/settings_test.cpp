#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "exit_code.hpp"
#include "settings/configuration_file.hpp"
#include "settings/settings.hpp"

using namespace consent_sync::app;

namespace {

const std::string source_dir = CONSENT_SYNC_SOURCE_DIR;

std::string read(const std::string& path) {
  std::ifstream file(path);
  REQUIRE(file);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

TEST_CASE("the example configuration holds every setting, with its default") {
  Config from_file;
  std::map<std::string, std::string> extra;
  std::vector<StoreEntry> stores;
  apply_file(from_file, source_dir + "/config.example.yaml", extra, stores);
  from_file.ledger = Config().ledger;          // a path: relative to the file
  from_file.report.dir = Config().report.dir;  // likewise
  CHECK(describe(from_file) == describe(Config()));

  const std::string text = read(source_dir + "/config.example.yaml");
  for (const Setting& setting : settings()) {
    const std::string last = std::string(setting.key.substr(setting.key.rfind('.') + 1));
    CAPTURE(setting.key);
    CHECK(text.find(last + ":") != std::string::npos);
  }
}

TEST_CASE("the example job applies") {
  Config config;
  std::map<std::string, std::string> extra{{"command", ""}};
  std::vector<StoreEntry> stores;
  apply_file(config, source_dir + "/jobs/nightly-sync.yaml", extra, stores);
  CHECK(extra["command"] == "sync");
  CHECK(std::filesystem::exists(config.input.path));
}

TEST_CASE("a setting has one name in three places") {
  std::set<std::string> flags;
  std::set<std::string> variables;
  for (const Setting& setting : settings()) {
    flags.insert(flag_of(setting));
    variables.insert(variable_of(setting));
  }
  CHECK(flags.size() == settings().size());
  CHECK(variables.size() == settings().size());
  CHECK(flags.contains("--rate-max-requests-per-second"));
  CHECK(variables.contains("CONSENT_SYNC_RATE_MAX_REQUESTS_PER_SECOND"));
}

TEST_CASE("what a setting shows is what it takes") {
  for (const Setting& setting : settings()) {
    Config config;
    const std::string shown = setting.show(config);
    if (shown.empty()) continue;
    CAPTURE(setting.key);
    apply_setting(config, setting, shown, "test");
    CHECK(describe(config) == describe(Config()));
  }
}

TEST_CASE("a value that cannot be names its place, its key, and what was expected") {
  Config config;
  for (const Setting& setting : settings()) {
    if (setting.key != "http.connections") continue;
    CHECK_THROWS_WITH_AS(apply_setting(config, setting, "0", "c.yaml:7"),
                         "c.yaml:7: http.connections is \"0\": expected a whole number from 1 to 256",
                         Failure);
  }
}
