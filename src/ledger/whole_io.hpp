#pragma once

#include <cstddef>
#include <cstdint>

namespace consent_sync::ledger {

// The system reads and writes as much as it pleases; these go on until all is done.

/// 0, or the errno of what went wrong.
int write_whole(int descriptor, std::uint64_t position, const void* bytes, std::size_t size);

struct PartRead {
  std::size_t size = 0;  ///< less than what was asked for only where the file ends, or after an error
  int error = 0;         ///< errno; 0: none
};
PartRead read_whole(int descriptor, std::uint64_t position, void* into, std::size_t size);

}  // namespace consent_sync::ledger
