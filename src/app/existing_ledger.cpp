#include "existing_ledger.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "exit_code.hpp"

namespace consent_sync::app {

namespace {

std::string path_of(const Config& config) {
  return config.ledger.substr(config.ledger.find(':') + 1);
}

}  // namespace

bool has_ledger(const Config& config) {
  return std::filesystem::exists(path_of(config));
}

std::unique_ptr<ledger::Ledger> open_existing_ledger(const Config& config) {
  if (!has_ledger(config)) {
    throw Failure(ExitCode::usage,
                  fmt::format("there is no ledger at {}: name it with --ledger, or start in its directory",
                              path_of(config)));
  }
  return ledger::open_ledger(config.ledger);
}

std::string store_in_question(ledger::Ledger& ledger, const Config& config) {
  const std::vector<std::string> stores = ledger.stores();
  const std::string& wanted = config.store.hash;
  if (!wanted.empty() && std::find(stores.begin(), stores.end(), wanted) == stores.end()) {
    throw Failure(ExitCode::usage,
                  fmt::format("{} knows nothing of store {}{}", config.ledger, wanted,
                              stores.empty() ? "" : fmt::format("; it knows {}", fmt::join(stores, ", "))));
  }
  if (!wanted.empty()) return wanted;
  if (stores.size() == 1) return stores.front();
  throw Failure(ExitCode::usage, stores.empty()
                                     ? fmt::format("{} has no runs yet", config.ledger)
                                     : fmt::format("{} knows several stores ({}): name one with --store-hash",
                                                   config.ledger, fmt::join(stores, ", ")));
}

}  // namespace consent_sync::app
