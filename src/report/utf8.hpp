#pragma once

#include <string>
#include <string_view>

namespace consent_sync::report {

/// Bytes of the well-formed UTF-8 character at the start of `text`; 0 if there is none.
std::size_t character_length(std::string_view text);

/// The text with U+FFFD in place of each byte that is not UTF-8.
std::string clean_utf8(std::string_view text);

/// The text on one line: UTF-8, with a space in place of each control character.
std::string one_line(std::string_view text);

/// The text cut to at most `limit` bytes, between characters, with "…" where it was cut.
std::string shortened(std::string_view text, std::size_t limit);

}  // namespace consent_sync::report
