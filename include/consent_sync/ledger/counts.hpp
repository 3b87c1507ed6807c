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

/// The changes a run planned; a change can both take a consent away and grant another.
struct ChangeCounts {
  std::uint64_t changes = 0;
  std::uint64_t withdrawing = 0;  ///< changes that take at least one consent away
  std::uint64_t granting = 0;     ///< changes that grant at least one

  void add(const consent::Change& change);
};

}  // namespace consent_sync::ledger
