#pragma once

#include <cstddef>
#include <cstdint>

#include "../workspace.hpp"

namespace consent_sync::ledger {

/// A file without a name: its owner's only, and gone with the process, however that ends. Throws LedgerError
/// when it cannot be made, the disk is full, or what was written cannot be read.
class TemporaryFile {
 public:
  explicit TemporaryFile(const Workspace& workspace);
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  void write(std::uint64_t position, const void* bytes, std::size_t size);
  /// Reads what was written there.
  void read(std::uint64_t position, void* bytes, std::size_t size) const;

 private:
  [[noreturn]] void fail_to_make(int error) const;
  [[noreturn]] void fail(int error) const;

  const Workspace workspace_;
  int descriptor_ = -1;
};

}  // namespace consent_sync::ledger
