#include <consent_sync/consent/outcome.hpp>

namespace consent_sync::consent {

OutcomeClass classify(Outcome outcome) {
  switch (outcome) {
    case Outcome::applied:
    case Outcome::unchanged:
    case Outcome::superseded:
    case Outcome::would_apply:
    case Outcome::in_sync:
    case Outcome::held_back:
    case Outcome::not_sampled:
      return OutcomeClass::ok;
    case Outcome::invalid:
    case Outcome::conflict:
    case Outcome::not_found:
    case Outcome::rejected:
    case Outcome::mismatch:
    case Outcome::failed:
    case Outcome::unknown:
    case Outcome::drifted:
    case Outcome::unresolved:
      return OutcomeClass::problem;
    case Outcome::pending:
      return OutcomeClass::unfinished;
  }
  return OutcomeClass::problem;
}

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::applied:
      return "applied";
    case Outcome::unchanged:
      return "unchanged";
    case Outcome::superseded:
      return "superseded";
    case Outcome::invalid:
      return "invalid";
    case Outcome::conflict:
      return "conflict";
    case Outcome::not_found:
      return "not_found";
    case Outcome::rejected:
      return "rejected";
    case Outcome::mismatch:
      return "mismatch";
    case Outcome::failed:
      return "failed";
    case Outcome::unknown:
      return "unknown";
    case Outcome::pending:
      return "pending";
    case Outcome::would_apply:
      return "would_apply";
    case Outcome::in_sync:
      return "in_sync";
    case Outcome::drifted:
      return "drifted";
    case Outcome::held_back:
      return "held_back";
    case Outcome::not_sampled:
      return "not_sampled";
    case Outcome::unresolved:
      return "unresolved";
  }
  return "";
}

std::optional<Outcome> parse_outcome(std::string_view word) {
  for (const Outcome outcome : all_outcomes) {
    if (word == to_string(outcome)) return outcome;
  }
  return std::nullopt;
}

}  // namespace consent_sync::consent
