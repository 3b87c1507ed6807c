#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <consent_sync/consent/choice.hpp>

namespace consent_sync::plan {

/// What is sent for a category that a row leaves unspecified (setting `policy.unspecified`).
enum class Unspecified : std::uint8_t {
  keep,  ///< what the store last confirmed; where that is not known, as `deny`
  deny,  ///< deny; `essential`, which a store cannot do without, is allowed
  omit,  ///< nothing: the store is left to do what it does with a category it is not told
};

/// "keep", "deny" or "omit".
std::string_view to_string(Unspecified policy);
/// The inverse of to_string; nothing for any other word.
std::optional<Unspecified> parse_unspecified(std::string_view word);

/// The choice to send for a row. What the row decides is never altered; except under `omit` the result is
/// complete.
consent::Choice complete(consent::Choice choice, std::optional<consent::Choice> confirmed,
                         Unspecified policy);

}  // namespace consent_sync::plan
