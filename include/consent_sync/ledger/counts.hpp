#pragma once

#include <array>
#include <cstdint>

#include <consent_sync/consent/record.hpp>

namespace consent_sync::ledger {

/// How many rows ended how.
class OutcomeCounts {
 public:
  std::uint64_t& operator[](consent::Outcome outcome) { return counts_[static_cast<std::size_t>(outcome)]; }
  std::uint64_t operator[](consent::Outcome outcome) const {
    return counts_[static_cast<std::size_t>(outcome)];
  }
  std::uint64_t total() const;
  std::uint64_t of_class(consent::OutcomeClass wanted) const;

 private:
  std::array<std::uint64_t, consent::all_outcomes.size()> counts_{};
};

/// The changes a run planned; a change can both take a consent away and grant another. Each is one
/// customer's: several rows may make one together, and one row may make one for each of several customers.
struct ChangeCounts {
  std::uint64_t changes = 0;
  std::uint64_t withdrawing = 0;  ///< changes that take at least one consent away
  std::uint64_t granting = 0;     ///< changes that grant at least one

  void add(const consent::Change& change);
};

/// Changes that wait to be sent, or questions to be asked.
struct QueuedCounts {
  std::uint64_t changes = 0;
  std::uint64_t withdrawals = 0;  ///< of them: those that take a consent away
};

/// How changes ended, or in an audit questions: each is one customer's.
struct CustomerEnds {
  std::uint64_t applied = 0;
  std::uint64_t in_sync = 0;
  std::uint64_t drifted = 0;
};

}  // namespace consent_sync::ledger
