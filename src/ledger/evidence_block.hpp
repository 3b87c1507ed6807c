#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <consent_sync/ledger/evidence.hpp>

namespace consent_sync::ledger {

/// Entries of one store's history that follow one another, of one run or of none, many to one piece of the
/// database: what is common to them (the run, its input) lies beside them. See EvidenceEntry for what they
/// are.
class EvidenceBlock {
 public:
  static constexpr std::size_t most_entries = 256;

  void add(const EvidenceEntry& entry);
  bool is_empty() const { return entries_ == 0; }
  bool is_full() const { return entries_ == most_entries; }
  std::uint64_t first_sequence() const { return last_sequence_ + 1 - entries_; }
  std::uint64_t last_sequence() const { return last_sequence_; }
  /// How many of the entries have been erased.
  std::size_t erased() const { return erased_; }
  const std::string& bytes() const { return bytes_; }
  void clear() { *this = {}; }

 private:
  std::string bytes_;
  std::size_t entries_ = 0;
  std::size_t erased_ = 0;
  std::uint64_t last_sequence_ = 0;
  std::int64_t confirmed_at_ = 0;  ///< of the last entry that has one: microseconds since 1970
  std::int64_t line_ = 0;          ///< of the last entry
};

/// Reads a block entry by entry. Throws DatabaseError (damaged) for bytes that are none.
class EvidenceBlockReader {
 public:
  EvidenceBlockReader(std::uint64_t first_sequence, std::string bytes)
      : bytes_(std::move(bytes)), next_sequence_(first_sequence) {}

  /// False at the end. Sets all of the entry but its run and what is known of that.
  bool next(EvidenceEntry& entry);

 private:
  void read(EvidenceEntry& entry);

  std::string bytes_;
  std::size_t at_ = 0;
  std::uint64_t next_sequence_;
  std::int64_t confirmed_at_ = 0;
  std::int64_t line_ = 0;
};

}  // namespace consent_sync::ledger
