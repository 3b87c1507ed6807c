#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "temporary_file.hpp"

namespace consent_sync::ledger {

/// Entries (texts of any bytes) one after the other in a temporary file. Throws LedgerError; a failed append
/// can be taken back with cut().
class ByteLog {
 public:
  explicit ByteLog(const Workspace& workspace) : file_(workspace) {}

  std::uint64_t size() const { return written_ + buffer_.size(); }
  /// Where the entry begins.
  std::uint64_t append(std::string_view entry);
  /// Forgets everything from `size` on.
  void cut(std::uint64_t size);
  std::string read_at(std::uint64_t position);

  /// The entries from the first to the last of now, in their order. Does not outlive the log.
  class Reader {
   public:
    explicit Reader(ByteLog& log);
    /// The next entry; false at the end. Valid until the next call.
    bool next(std::string_view& entry);

   private:
    bool has(std::size_t bytes);

    ByteLog& log_;
    std::uint64_t position_ = 0;  ///< of what has not been read yet
    std::uint64_t end_;
    std::string buffer_;
    std::size_t at_ = 0;
  };

 private:
  void flush();

  TemporaryFile file_;
  std::uint64_t written_ = 0;
  std::string buffer_;
};

}  // namespace consent_sync::ledger
