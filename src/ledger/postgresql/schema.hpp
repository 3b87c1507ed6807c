#pragma once

#include "../database/connection.hpp"

namespace consent_sync::ledger::postgresql {

/// Makes the ledger's tables, or brings an older ledger's forward to this version, one process at a time.
/// Throws LedgerError if they are of a version that this program cannot work with.
void prepare_schema(Connection& connection);

}  // namespace consent_sync::ledger::postgresql
