#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "pending_file.hpp"

namespace consent_sync::report {

enum class Compression : std::uint8_t { none, gzip, zstd };

/// A pending file that may be compressed as it is written. All functions throw ReportError.
class RowFile {
 public:
  /// `directory` outlives the file.
  RowFile(const ReportDirectory& directory, std::string name, Compression compression);
  ~RowFile();

  void append(std::string_view bytes);
  /// Nothing can be appended after it.
  void complete();
  void put_in_place() { file_.put_in_place(); }

 private:
  class Filter;

  PendingFile file_;
  std::unique_ptr<Filter> filter_;  ///< none: bytes are written as they are
};

}  // namespace consent_sync::report
