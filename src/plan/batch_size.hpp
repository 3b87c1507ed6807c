#pragma once

#include <cstddef>

namespace consent_sync::plan {

/// So many rows, customers or addresses go to the ledger at once.
inline constexpr std::size_t batch_size = 4096;

}  // namespace consent_sync::plan
