#pragma once

#include <optional>
#include <string>

#include <consent_sync/consent/record.hpp>

namespace consent_sync::input {

/// One row of the input: understood, or not and why. Exactly one of `record` and `problem` is set.
struct Row {
  consent::LineNumber line = 0;
  std::optional<consent::Record> record;
  /// Why the row is invalid, for the person who mends it: column, value (shortened), what was expected. Never
  /// an e-mail address.
  std::string problem;
  /// The row as it stood: for CSV its fields as one RFC 4180 line with ',' (no line end, without a column
  /// "reason"), for NDJSON the line itself. Shortened to 64 KiB. Always UTF-8 without a NUL: what is not is
  /// replaced by U+FFFD. A row with the wrong number of fields keeps that number.
  std::string source;
};

}  // namespace consent_sync::input
