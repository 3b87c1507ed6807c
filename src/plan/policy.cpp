#include <consent_sync/plan/policy.hpp>

namespace consent_sync::plan {

std::string_view to_string(CheckStore policy) {
  switch (policy) {
    case CheckStore::never:
      return "never";
    case CheckStore::changes:
      return "changes";
    case CheckStore::all:
      return "all";
  }
  return "";
}

std::string_view to_string(Direction policy) {
  switch (policy) {
    case Direction::both:
      return "both";
    case Direction::withdraw_only:
      return "withdraw_only";
    case Direction::grant_only:
      return "grant_only";
  }
  return "";
}

std::string_view to_string(EssentialDeny policy) {
  switch (policy) {
    case EssentialDeny::reject:
      return "reject";
    case EssentialDeny::send:
      return "send";
  }
  return "";
}

}  // namespace consent_sync::plan
