#pragma once

#include <string>
#include <string_view>

#include <consent_sync/consent/utf8.hpp>

namespace consent_sync::report {

using consent::character_length;
using consent::clean_utf8;

/// The text on one line: UTF-8, with a space in place of each control character.
std::string one_line(std::string_view text);

/// The text cut to at most `limit` bytes, between characters, with "…" where it was cut.
std::string shortened(std::string_view text, std::size_t limit);

}  // namespace consent_sync::report
