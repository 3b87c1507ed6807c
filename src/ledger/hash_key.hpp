#pragma once

#include <array>

namespace consent_sync::ledger {

/// The key of the hashes that stand for addresses and customers.
using HashKey = std::array<unsigned char, 32>;

/// Throws LedgerError where there is no randomness.
HashKey random_key();

}  // namespace consent_sync::ledger
