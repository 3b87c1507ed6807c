#pragma once

#include "sqlite_connection.hpp"

namespace consent_sync::ledger {

/// Makes an empty file a ledger, or brings an older ledger forward to this version. Throws LedgerError, and
/// leaves the file as it is, if it is another application's or of a newer version.
void prepare_schema(SqliteConnection& connection);

}  // namespace consent_sync::ledger
