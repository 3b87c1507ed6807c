#include "stored_outcome.hpp"

#include <array>
#include <stdexcept>

namespace consent_sync::ledger {
namespace {

using consent::Outcome;

// Outcomes are stored as their places here: only ever add at the end.
constexpr std::array stored_outcomes{
    Outcome::applied,     Outcome::unchanged,   Outcome::superseded, Outcome::invalid, Outcome::conflict,
    Outcome::not_found,   Outcome::rejected,    Outcome::mismatch,   Outcome::failed,  Outcome::unknown,
    Outcome::pending,     Outcome::would_apply, Outcome::in_sync,    Outcome::drifted, Outcome::held_back,
    Outcome::not_sampled, Outcome::unresolved,
};
static_assert(stored_outcomes.size() == consent::all_outcomes.size());

}  // namespace

unsigned code_of(Outcome outcome) {
  for (unsigned code = 0; code < stored_outcomes.size(); ++code) {
    if (stored_outcomes[code] == outcome) return code;
  }
  throw std::out_of_range("an outcome that cannot be stored");
}

Outcome outcome_of(unsigned code) {
  return stored_outcomes.at(code);
}

}  // namespace consent_sync::ledger
