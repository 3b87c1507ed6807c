#pragma once

#include <consent_sync/consent/choice.hpp>

namespace consent_sync::plan::test {

inline consent::Choice choice(unsigned allow, unsigned deny) {
  return consent::Choice::from_masks(allow, deny).value();
}

inline const consent::Choice all_allowed = choice(0b1111, 0);
inline const consent::Choice only_essential = choice(0b0001, 0b1110);

template <class Visit>
void for_every_choice(Visit visit) {
  for (unsigned code = 0; code < 256; ++code) {
    if (const auto valid = consent::Choice::from_code(code)) visit(*valid);
  }
}

}  // namespace consent_sync::plan::test
