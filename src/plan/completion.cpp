#include <consent_sync/plan/completion.hpp>

namespace consent_sync::plan {
namespace {

consent::Choice only_essential() {
  consent::Choice choice;
  for (const consent::Category category : consent::all_categories)
    choice.set(category, consent::Decision::deny);
  choice.set(consent::Category::essential, consent::Decision::allow);
  return choice;
}

}  // namespace

std::string_view to_string(Unspecified policy) {
  switch (policy) {
    case Unspecified::keep:
      return "keep";
    case Unspecified::deny:
      return "deny";
    case Unspecified::omit:
      return "omit";
  }
  return "";
}

std::optional<Unspecified> parse_unspecified(std::string_view word) {
  for (const Unspecified policy : {Unspecified::keep, Unspecified::deny, Unspecified::omit}) {
    if (word == to_string(policy)) return policy;
  }
  return std::nullopt;
}

consent::Choice complete(consent::Choice choice, std::optional<consent::Choice> confirmed,
                         Unspecified policy) {
  switch (policy) {
    case Unspecified::keep:
      return choice.or_else(confirmed.value_or(consent::Choice())).or_else(only_essential());
    case Unspecified::deny:
      return choice.or_else(only_essential());
    case Unspecified::omit:
      return choice;
  }
  return choice;
}

}  // namespace consent_sync::plan
