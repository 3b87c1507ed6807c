#pragma once

#include <string>
#include <string_view>

#include <consent_sync/ledger/rows.hpp>

namespace consent_sync::ledger {

/// Rows that ended when they were planned, many to one piece of the database: most rows of most runs are
/// such, and nothing about them changes any more. What people wrote is not in it (sources.hpp).
class RowBlock {
 public:
  static constexpr std::size_t most_rows = 4096;

  void add(const RowResult& row);
  bool is_empty() const { return count_ == 0; }
  bool is_full() const { return count_ == most_rows; }
  consent::LineNumber first_line() const { return first_line_; }
  const std::string& bytes() const { return bytes_; }
  void clear();

 private:
  std::string bytes_;
  std::size_t count_ = 0;
  consent::LineNumber first_line_ = 0;
  consent::LineNumber last_line_ = 0;
};

/// False: no row of the block is this customer's.
bool may_have(std::string_view block, consent::CustomerId customer);

/// Reads a block row by row. Throws DatabaseError (damaged) for bytes that are none.
class RowBlockReader {
 public:
  RowBlockReader(consent::LineNumber first_line, std::string bytes)
      : bytes_(std::move(bytes)), line_(first_line) {}

  /// False at the end.
  bool next(RowResult& row);

 private:
  void read(RowResult& row);

  std::string bytes_;
  std::size_t at_ = 0;
  consent::LineNumber line_;
};

}  // namespace consent_sync::ledger
