#include <consent_sync/ledger/ledger.hpp>

#include <numeric>

namespace consent_sync::ledger {

std::uint64_t OutcomeCounts::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::uint64_t OutcomeCounts::of_class(consent::OutcomeClass wanted) const {
  std::uint64_t sum = 0;
  for (const consent::Outcome outcome : consent::all_outcomes) {
    if (classify(outcome) == wanted) sum += (*this)[outcome];
  }
  return sum;
}

void ChangeCounts::add(const consent::Change& change) {
  ++changes;
  if (withdraws(change.before, change.wanted)) ++withdrawing;
  if (grants(change.before, change.wanted)) ++granting;
}

}  // namespace consent_sync::ledger
