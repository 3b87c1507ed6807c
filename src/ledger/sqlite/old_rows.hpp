#pragma once

#include "../database/connection.hpp"

namespace consent_sync::ledger {

/// Brings what versions before 9 kept row by row (`source`, `queue`, `evidence`) into blocks, within a
/// transaction of the caller's.
void gather_into_blocks(Connection& connection);

}  // namespace consent_sync::ledger
