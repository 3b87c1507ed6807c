// Configuration and job files. The first byte chooses between them; the rest is the YAML.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "exit_code.hpp"
#include "settings/configuration_file.hpp"
#include "settings/job.hpp"
#include "settings_again.hpp"

namespace {

using namespace consent_sync::app;
using consent_sync::fuzz::require;
using consent_sync::fuzz::require_means_the_same_again;

/// A file in memory, by the path under which this process can open it.
std::string file_with(const std::uint8_t* data, std::size_t size) {
  static const int file = ::memfd_create("configuration", MFD_CLOEXEC);
  require(::ftruncate(file, 0) == 0);
  require(::pwrite(file, data, size, 0) == static_cast<ssize_t>(size));
  return "/proc/self/fd/" + std::to_string(file);
}

/// Entries were checked as they were read: they apply without complaint, each to a store of its own.
void require_good_entries(const Config& config, const std::vector<StoreEntry>& stores) {
  std::set<std::string> hashes;
  for (const StoreEntry& store : stores) {
    require(!store.hash.empty() && hashes.insert(store.hash).second);
    Config own = config;
    store.apply(own);
    require(own.store.hash == store.hash);
    require_means_the_same_again(own);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string path = file_with(data + 1, size - 1);
  Config config;
  std::vector<StoreEntry> stores;
  try {
    if (data[0] % 2 == 0) {
      std::map<std::string, std::string> extra;
      apply_file(config, path, extra, stores);
    } else {
      const std::string command = apply_job(config, path, stores);
      require(command == "sync" || command == "audit");
    }
  } catch (const Failure& failure) {
    require(failure.code() == ExitCode::usage);
    require(std::string(failure.what()).find(path) != std::string::npos);
    return 0;
  }
  require_means_the_same_again(config);
  require_good_entries(config, stores);
  return 0;
}
