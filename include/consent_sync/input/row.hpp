#pragma once

#include <optional>
#include <string>

#include <consent_sync/consent/record.hpp>

namespace consent_sync::input {

using consent::RecordByEmail;

/// One row of the input: understood, or not and why. Exactly one of `record`, `by_email` and `problem` is
/// set.
struct Row {
  consent::LineNumber line = 0;
  std::optional<consent::Record> record;
  /// The row as it stood: for CSV its fields as one RFC 4180 line with ',' (no line end, without a column
  /// "reason"), for NDJSON the line itself. Shortened to 64 KiB. Always UTF-8 without a NUL: what is not is
  /// replaced by U+FFFD. A row with the wrong number of fields keeps that number.
  std::string source;
  bool is_shortened = false;  ///< `source` is not all of it
  /// Why the row is invalid, for the person who mends it: column, value (shortened), what was expected. Never
  /// an e-mail address.
  std::string problem;
  /// In place of `record`, where the mapping says that customers are known by their e-mail address.
  std::optional<RecordByEmail> by_email;
  /// Of an invalid row that may hold a choice which could not be read, whose it is, where that is known: the
  /// customer's other rows are not the whole choice. One of the two, as the mapping has it.
  std::optional<consent::CustomerId> customer;
  std::string email;
  /// What ReaderOptions::store_column holds; "" where it is empty, missing, or no text. Nothing where that is
  /// not certain, since the row cannot be taken apart for sure: then the row is invalid.
  std::optional<std::string> store;

  /// Says nothing any more; the memory of its texts is kept for what it says next. What few rows have is only
  /// looked at: rows go from thread to thread, and what nobody writes to need not.
  void clear() {
    line = 0;
    record.reset();
    source.clear();
    is_shortened = false;
    if (!problem.empty()) problem.clear();
    if (by_email) by_email.reset();
    if (customer) customer.reset();
    if (!email.empty()) email.clear();
    if (store) store.reset();
  }
};

}  // namespace consent_sync::input
