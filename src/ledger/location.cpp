#include "location.hpp"

#include <fmt/format.h>

#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::ledger {

std::string path_of_location(const std::string& location) {
  constexpr std::string_view scheme = "sqlite:";
  if (location.starts_with("postgresql:") || location.starts_with("postgres:")) {
    throw LedgerError("This build keeps its ledger in SQLite only: set `ledger` to sqlite:PATH.");
  }
  if (!location.starts_with(scheme) || location.size() == scheme.size()) {
    // Not repeated: it may hold a password.
    throw LedgerError("The setting `ledger` does not name a ledger: write sqlite:PATH.");
  }
  return location.substr(scheme.size());
}

}  // namespace consent_sync::ledger
