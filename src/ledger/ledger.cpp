#include <consent_sync/ledger/ledger.hpp>

#include <numeric>

#include "location.hpp"
#include "sql_ledger.hpp"
#include "sqlite/sqlite_connection.hpp"

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

std::unique_ptr<Ledger> open_ledger(const std::string& location) {
  return std::make_unique<SqlLedger>(open_sqlite_ledger(path_of_location(location)));
}

}  // namespace consent_sync::ledger
