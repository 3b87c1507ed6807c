#pragma once

#include <string>
#include <variant>

namespace consent_sync::ledger {

/// Where a ledger is.
struct SqliteFile {
  std::string path;  ///< as the user wrote it
};
struct PostgresDatabase {
  std::string url;  ///< may have a password in it
};
using Location = std::variant<SqliteFile, PostgresDatabase>;

/// Reads "sqlite:PATH" or "postgresql://...". Throws LedgerError, which does not repeat it, for anything
/// else.
Location parse_location(const std::string& location);

}  // namespace consent_sync::ledger
