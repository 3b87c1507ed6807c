#include <consent_sync/consent/composition.hpp>

namespace consent_sync::consent {
namespace {

Decision decision_of(PartState state, Decision absent) {
  switch (state) {
    case PartState::absent:
      return absent;
    case PartState::unspecified:
      return Decision::unspecified;
    case PartState::allow:
      return Decision::allow;
    case PartState::deny:
      return Decision::deny;
  }
  return Decision::unspecified;
}

Decision decide(const Composition::Recipe& recipe, Decision absent, std::span<const PartState> parts) {
  const bool all = recipe.rule == Composition::Rule::all;
  const Decision decisive = all ? Decision::deny : Decision::allow;
  bool undecided = false;
  bool opposed = false;
  for (const Composition::Source& source : recipe.sources) {
    const PartState state = parts[source.part];
    if (state == PartState::absent && source.optional) continue;
    const Decision decision = decision_of(state, absent);
    if (decision == decisive) return decisive;
    (decision == Decision::unspecified ? undecided : opposed) = true;
  }
  if (undecided || !opposed) return Decision::unspecified;
  return all ? Decision::allow : Decision::deny;
}

}  // namespace

Choice compose(const Composition& composition, std::span<const PartState> parts) {
  Choice choice;
  for (const Category category : all_categories) {
    const auto& recipe = composition.recipes[static_cast<std::size_t>(category)];
    choice.set(category, decide(recipe, composition.absent, parts));
  }
  return choice;
}

}  // namespace consent_sync::consent
