#include <map>
#include <string>

#include "allocations.hpp"
#include "settings/configuration_file.hpp"
#include "settings/job.hpp"
#include "settings/settings.hpp"

using namespace consent_sync::app;
using consent_sync::memory::survives_every_failure;

namespace {

const std::string source = CONSENT_SYNC_SOURCE_DIR;

}  // namespace

TEST_CASE("no memory while settings are read: none is left out, none is another") {
  const auto configuration = [] {
    Config config;
    std::map<std::string, std::string> extra;
    std::vector<StoreEntry> stores;
    apply_file(config, source + "/config.example.yaml", extra, stores);
    return describe(config);
  };
  survives_every_failure(configuration(), configuration);
  const auto job = [] {
    Config config;
    std::vector<StoreEntry> stores;
    const std::string command = apply_job(config, source + "/jobs/import.yaml", stores);
    return command + "\n" + describe(config);
  };
  survives_every_failure(job(), job);
}
