#include "config.hpp"

#include <string_view>

#include <fmt/format.h>

#include <consent_sync/store/client.hpp>

namespace consent_sync::app {

std::vector<std::string> check(const Config& config) {
  std::vector<std::string> problems;
  if (config.store.hash.empty()) {
    problems.emplace_back(
        "store.hash is not set: name the store in the configuration file, with --store-hash or in "
        "CONSENT_SYNC_STORE_HASH");
  } else if (!store::is_store_hash(config.store.hash)) {
    problems.push_back(with_place(
        config,
        fmt::format("store.hash is \"{}\": expected letters, digits, \"-\" and \"_\" only: it stands in the "
                    "store's API path and names files",
                    config.store.hash)));
  }
  const int places = (config.store.token_file.empty() ? 0 : 1) +
                     (config.store.token_credential.empty() ? 0 : 1) +
                     (config.store.token_command.empty() ? 0 : 1);
  if (places > 1) {
    problems.emplace_back(
        "more than one of store.token_file, store.token_credential and store.token_command is set: the token "
        "stands in one of them");
  }
  if (config.retry.base_delay > config.retry.max_delay) {
    problems.emplace_back("retry.base_delay is longer than retry.max_delay");
  }
  if (config.online && !config.dry_run) {
    problems.emplace_back("online is for dry runs: set dry_run too (--dry-run)");
  }
  return problems;
}

std::string with_place(const Config& config, const std::string& sentence) {
  const auto place =
      config.store.places.find(std::string_view(sentence).substr(0, sentence.find_first_of(": ")));
  return place == config.store.places.end() ? sentence : fmt::format("{}: {}", place->second, sentence);
}

}  // namespace consent_sync::app
