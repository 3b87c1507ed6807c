// Configuration and job files. The first byte chooses between them; the rest is the YAML.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <map>
#include <string>

#include "configuration_file.hpp"
#include "exit_code.hpp"
#include "job.hpp"
#include "settings_again.hpp"

namespace {

using namespace consent_sync::app;

/// A file in memory, by the path under which this process can open it.
std::string file_with(const std::uint8_t* data, std::size_t size) {
  static const int file = ::memfd_create("configuration", MFD_CLOEXEC);
  consent_sync::fuzz::require(::ftruncate(file, 0) == 0);
  consent_sync::fuzz::require(::pwrite(file, data, size, 0) == static_cast<ssize_t>(size));
  return "/proc/self/fd/" + std::to_string(file);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string path = file_with(data + 1, size - 1);
  Config config;
  try {
    if (data[0] % 2 == 0) {
      std::map<std::string, std::string> extra;
      std::vector<StoreEntry> stores;
      apply_file(config, path, extra, stores);
    } else {
      std::vector<StoreEntry> stores;
      const std::string command = apply_job(config, path, stores);
      consent_sync::fuzz::require(command == "sync" || command == "audit");
    }
  } catch (const Failure& failure) {
    consent_sync::fuzz::require(failure.code() == ExitCode::usage);
    consent_sync::fuzz::require(std::string(failure.what()).find(path) != std::string::npos);
    return 0;
  }
  consent_sync::fuzz::require_means_the_same_again(config);
  return 0;
}
