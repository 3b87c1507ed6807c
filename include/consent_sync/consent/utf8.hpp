#pragma once

#include <string>
#include <string_view>

namespace consent_sync::consent {

/// U+FFFD.
inline constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

/// Bytes of the well-formed UTF-8 character at the start of `text`; 0 if there is none.
std::size_t character_length(std::string_view text);

/// The text with U+FFFD in place of each byte that is not UTF-8.
std::string clean_utf8(std::string_view text);

}  // namespace consent_sync::consent
