#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <consent_sync/consent/category.hpp>
#include <consent_sync/consent/choice.hpp>

namespace consent_sync::consent {

/// A category of another platform, by its index in a mapping: its consent, or part of it, becomes part of
/// ours.
using Part = std::uint32_t;

/// What an input says of a part. Absent: nothing at all, not even that it is undecided.
enum class PartState : std::uint8_t { absent, unspecified, allow, deny };

/// How the categories of another platform make ours. A part may feed several categories, and a category may
/// be fed by several parts.
struct Composition {
  enum class Rule : std::uint8_t {
    all,  ///< allowed if every part allows; denied if any part denies
    any,  ///< allowed if any part allows; denied if every part denies
  };
  struct Source {
    Part part = 0;
    bool optional = false;  ///< where the part is absent, the others decide alone
  };
  struct Recipe {
    Rule rule = Rule::all;  ///< of no meaning for one source
    std::vector<Source> sources;
  };

  std::array<Recipe, all_categories.size()> recipes;  ///< by Category; without sources it is left unspecified
  Part parts = 0;                                     ///< how many there are
  Decision absent = Decision::unspecified;            ///< what an absent part that is not optional stands for
};

/// Our choice, from the state of each part (`parts.size()` is Composition::parts). What the rule cannot
/// decide, since a part that matters is undecided, is unspecified.
Choice compose(const Composition& composition, std::span<const PartState> parts);

}  // namespace consent_sync::consent
