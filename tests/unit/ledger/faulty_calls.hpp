#pragma once

#include <cstdint>

namespace consent_sync::ledger::test {

/// While it lives, one of the calls by which the ledger opens, reads and writes files of its own (open,
/// pread, pwrite; SQLite's are no part of it) goes wrong. The linker puts us between (--wrap).
class FaultyCalls {
 public:
  enum class Mishap : std::uint8_t {
    io_error,     ///< EIO
    full,         ///< ENOSPC; of a read EIO
    interrupted,  ///< EINTR, once: no fault at all
    half,         ///< half of it is done: no fault either
    ends,         ///< of a read: there is no more; of a write EIO
    unsupported,  ///< EOPNOTSUPP, where a file without a name is opened
  };
  /// The n-th call from now, from 1.
  FaultyCalls(std::uint64_t nth, Mishap fault);
  FaultyCalls(const FaultyCalls&) = delete;
  FaultyCalls& operator=(const FaultyCalls&) = delete;
  ~FaultyCalls();

  bool has_failed() const;
};

}  // namespace consent_sync::ledger::test
