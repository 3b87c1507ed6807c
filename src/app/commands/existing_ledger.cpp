#include "existing_ledger.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "../exit_code.hpp"

namespace consent_sync::app {

bool has_ledger(const Config& config) {
  return ledger::has_ledger(config.ledger);
}

std::unique_ptr<ledger::Ledger> open_existing_ledger(const Config& config) {
  if (!has_ledger(config)) {
    throw Failure(ExitCode::usage,
                  fmt::format("there is no ledger at {}: name it with --ledger, or start in its directory",
                              ledger::describe_location(config.ledger)));
  }
  return ledger::open_ledger(config.ledger);
}

std::string store_in_question(ledger::Ledger& ledger, const Config& config) {
  const std::vector<std::string> stores = ledger.stores();
  const std::string& wanted = config.store.hash;
  if (!wanted.empty() && std::find(stores.begin(), stores.end(), wanted) == stores.end()) {
    throw Failure(
        ExitCode::usage,
        fmt::format("{} knows nothing of store {}{}", ledger::describe_location(config.ledger), wanted,
                    stores.empty() ? "" : fmt::format("; it knows {}", fmt::join(stores, ", "))));
  }
  if (!wanted.empty()) return wanted;
  if (stores.size() == 1) return stores.front();
  throw Failure(ExitCode::usage,
                stores.empty()
                    ? fmt::format("{} has no runs yet", ledger::describe_location(config.ledger))
                    : fmt::format("{} knows several stores ({}): name one with --store-hash",
                                  ledger::describe_location(config.ledger), fmt::join(stores, ", ")));
}

}  // namespace consent_sync::app
