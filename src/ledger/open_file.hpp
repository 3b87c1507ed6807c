#pragma once

#include <string>

namespace consent_sync::ledger {

/// An open file, closed with its owner.
class OpenFile {
 public:
  /// Opens for reading and writing; makes the file, for its owner only, if there is none. Throws LedgerError,
  /// in which `what` says what the file is for.
  static OpenFile open_or_make(const std::string& path, const std::string& what);

  OpenFile(OpenFile&& other) noexcept;
  OpenFile& operator=(OpenFile&&) = delete;
  ~OpenFile();

  int descriptor() const { return descriptor_; }

 private:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace consent_sync::ledger
