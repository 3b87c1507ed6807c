#include "job.hpp"

#include <map>
#include <string>

#include <fmt/format.h>

#include "../exit_code.hpp"
#include "configuration_file.hpp"

namespace consent_sync::app {

std::string apply_job(Config& config, const std::filesystem::path& file, std::vector<StoreEntry>& stores) {
  std::map<std::string, std::string> extra{{"command", ""}};
  apply_file(config, file, extra, stores);
  if (extra["command"] != "sync" && extra["command"] != "audit") {
    throw Failure(ExitCode::usage, fmt::format("{}: command is \"{}\": expected sync or audit", file.string(),
                                               extra["command"]));
  }
  if (config.input.path.empty() && stores.empty()) {
    throw Failure(ExitCode::usage,
                  fmt::format("{}: input.path is not set: name the file to read", file.string()));
  }
  config.job = file.string();
  return extra["command"];
}

}  // namespace consent_sync::app
