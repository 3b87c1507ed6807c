#include "location.hpp"

#include <string_view>

#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::ledger {

Location parse_location(const std::string& location) {
  constexpr std::string_view sqlite = "sqlite:";
  if (location.starts_with("postgresql://") || location.starts_with("postgres://"))
    return PostgresDatabase{location};
  if (location.starts_with(sqlite) && location.size() > sqlite.size())
    return SqliteFile{location.substr(sqlite.size())};
  // Not repeated: it may hold a password.
  throw LedgerError(
      "The setting `ledger` does not name a ledger: write sqlite:PATH or postgresql://USER@HOST/DATABASE.");
}

}  // namespace consent_sync::ledger
