#pragma once

#include <optional>
#include <vector>

#include "queue.hpp"
#include "staging/texted_sort.hpp"

namespace consent_sync::ledger {

/// The row that asked for a change, where it speaks for one customer.
RowResult row_of(const StoredChange& stored);

/// The rows of a run that have a change of their own, in the order of the input: they lie in that of the
/// queue.
class ChangedRows {
 public:
  ChangedRows(Connection& connection, std::int64_t run);

  /// Null at the end.
  const RowResult* front() const { return has_row_ ? &row_ : nullptr; }
  void step();

 private:
  /// Choices are bytes, see bytes.hpp.
  struct Entry {
    consent::LineNumber line = 0;
    std::int64_t customer = 0;
    std::int64_t decided_at = 0;  ///< microseconds since 1970; the least: not told
    std::int32_t http_status = 0;
    std::int32_t attempts = 0;
    consent::Outcome outcome = consent::Outcome::pending;
    std::uint8_t before = 0, after = 0;

    std::uint64_t key() const { return static_cast<std::uint64_t>(line); }
  };
  static Entry entry_of(const StoredChange& stored);
  static void read(const Entry& entry, RowResult& row);

  TextedSort<Entry> rows_;
  std::optional<TextedSort<Entry>::Reader> reader_;
  RowResult row_;
  bool has_row_ = false;
};

}  // namespace consent_sync::ledger
