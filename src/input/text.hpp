#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace consent_sync::input {

/// Without the spaces and tabs at both ends.
std::string_view trim(std::string_view text);

/// Without white space of any kind and invisible characters at both ends: line ends, no-break spaces, byte
/// order marks, zero-width characters.
std::string_view trim_invisible(std::string_view text);

/// ASCII letters in lower case.
std::string lower(std::string_view text);

/// Equal but for the case of ASCII letters; `word` is in lower case already.
bool equals_ignoring_case(std::string_view text, std::string_view word);

/// A value as a message may show it: in quotation marks, without control characters, at most 40 characters;
/// and only the words "an e-mail address" where there is one in it. `text` is UTF-8.
std::string shown(std::string_view text);

/// What keeps `text` from being text: bytes that are not UTF-8, or a NUL; "" if nothing does.
std::string_view damage_of(std::string_view text);

/// The first `limit` bytes at most, cut between characters.
std::string_view cut(std::string_view text, std::size_t limit);

/// Whatever is not UTF-8, and every NUL, replaced by U+FFFD.
std::string repaired(std::string_view text);

}  // namespace consent_sync::input
