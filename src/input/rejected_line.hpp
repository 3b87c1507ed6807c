#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

namespace consent_sync::input {

/// Knows the lines of a report's rejected.ndjson that hold an input's line that could not be read. One thread
/// at a time.
class RejectedLine {
 public:
  /// That line as it was, or its beginning; nothing: `document` is none of a report's. Beyond it 64 bytes may
  /// be read.
  std::optional<std::string> source_in(std::string_view document);

 private:
  simdjson::dom::parser parser_;
};

}  // namespace consent_sync::input
