#include <consent_sync/plan/delta.hpp>

namespace consent_sync::plan {

std::optional<consent::Change> change_to(consent::Choice wanted, std::optional<consent::Choice> confirmed,
                                         consent::CustomerId customer, consent::LineNumber line) {
  // Of a customer nothing is known of, every category counts as undecided.
  if (wanted.is_satisfied_by(confirmed.value_or(consent::Choice()))) return std::nullopt;
  return consent::Change{line, customer, confirmed, wanted};
}

}  // namespace consent_sync::plan
