#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <consent_sync/plan/policy.hpp>

namespace consent_sync::plan {

/// What to do about one customer's choice.
struct Decision {
  enum class Kind : std::uint8_t {
    nothing,    ///< the store holds what it should
    send,       ///< `wanted` has to be sent
    conflict,   ///< input and store have both changed, and policy.drift leaves it to a person
    held_back,  ///< all that would change is not permitted by policy.direction
    refused,    ///< the row denies `essential`, and policy.essential_deny rejects that
  };
  Kind kind = Kind::nothing;
  consent::Choice wanted;
  /// What to remember as the input's word when the store confirms: see consent::Base::asked.
  std::optional<consent::Choice> asked;
  /// For people: what stayed as the store had it, was held back or contradicts; empty if nothing did.
  std::string reason;
};

/// Decides over a customer's choice: reconciles input and store, completes what the input leaves open, and
/// keeps to the permitted direction. Pure.
Decision decide(const Known& known, consent::Choice ours, const Policy& policy);

}  // namespace consent_sync::plan
