#include "supervision.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <string_view>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../settings/settings.hpp"

namespace consent_sync::app {
namespace {

/// The variable that a store's token is read from; "" where it is read from elsewhere.
std::string_view token_variable(const Config& config) {
  const auto& store = config.store;
  const bool is_elsewhere =
      !store.token_file.empty() || !store.token_credential.empty() || !store.token_command.empty();
  return is_elsewhere ? std::string_view() : std::string_view(store.token_env);
}

}  // namespace

std::string fingerprint(const Config& config) {
  return fmt::format("{:016x}", std::hash<std::string>()(describe(config)));
}

std::vector<std::string> arguments_for(const std::vector<std::string>& ours, const Config& config,
                                       consent::Timestamp since) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(since.time_since_epoch()).count();
  std::vector<std::string> arguments = ours;
  // After the command: what comes later may stand behind a "--".
  arguments.insert(arguments.begin() + 1,
                   {"--store", config.store.hash, supervised_flag, fmt::format("{}", milliseconds),
                    supervised_settings_flag, fingerprint(config)});
  return arguments;
}

void take_all_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::string ended_by(int signal) {
  const char* const name = ::sigdescr_np(signal);
  return fmt::format("its process was ended by signal {} ({})", signal,
                     name == nullptr ? "without a name" : name);
}

std::vector<std::string> our_environment() {
  std::vector<std::string> environment;
  for (char** entry = environ; entry && *entry; ++entry) environment.emplace_back(*entry);
  return environment;
}

std::vector<std::string> environment_for(const std::vector<std::string>& ours, const Config& config,
                                         const std::vector<StoreJob>& all) {
  std::vector<std::string> environment;
  for (const std::string& entry : ours) {
    const std::string_view name = std::string_view(entry).substr(0, entry.find('='));
    const bool is_a_token = std::any_of(
        all.begin(), all.end(), [&](const StoreJob& job) { return name == job.config.store.token_env; });
    if (!is_a_token || name == token_variable(config)) environment.push_back(entry);
  }
  return environment;
}

}  // namespace consent_sync::app
