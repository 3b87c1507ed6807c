#include "printable.hpp"

#include <algorithm>

namespace consent_sync::store {
namespace {

bool is_blank(unsigned char byte) {
  return byte <= 0x20 || byte == 0x7F;
}

// A character that an e-mail address may hold (RFC 5322 atext, dots, the at sign, anything beyond ASCII).
bool is_address_character(unsigned char byte) {
  if (byte >= 0x80 || (byte >= '0' && byte <= '9')) return true;
  const unsigned char lower = byte | 0x20U;
  return (lower >= 'a' && lower <= 'z') ||
         std::string_view("!#$%&'*+-/=?^_`{|}~.@").find(static_cast<char>(byte)) != std::string_view::npos;
}

bool holds_address(std::string_view word) {
  return word.find('@') != std::string_view::npos || word.find("%40") != std::string_view::npos;
}

std::string mask_addresses(std::string_view text) {
  std::string masked;
  masked.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto end =
        std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_address_character);
    const std::string_view word = text.substr(at, static_cast<std::size_t>(end - text.begin()) - at);
    masked += holds_address(word) ? std::string_view("[e-mail]") : word;
    at += word.size();
    if (at < text.size()) masked += text[at++];
  }
  return masked;
}

// The length of the UTF-8 character at the start of `text`; 0 if there is none. C1 controls count as none.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t n) { return static_cast<unsigned char>(text[n]); };
  if (byte(0) < 0x80) return 1;
  const std::size_t length = byte(0) >= 0xF5   ? 0
                             : byte(0) >= 0xF0 ? 4
                             : byte(0) >= 0xE0 ? 3
                             : byte(0) >= 0xC2 ? 2
                                               : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t n = 1; n < length; ++n) {
    if ((byte(n) & 0xC0U) != 0x80) return 0;
  }
  const bool overlong = (byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xF0 && byte(1) < 0x90);
  const bool surrogate = byte(0) == 0xED && byte(1) >= 0xA0;
  const bool too_large = byte(0) == 0xF4 && byte(1) >= 0x90;
  const bool control = byte(0) == 0xC2 && byte(1) < 0xA0;
  return overlong || surrogate || too_large || control ? 0 : length;
}

}  // namespace

std::string printable(std::string_view text, std::size_t limit) {
  constexpr std::string_view ellipsis = "...";
  const std::string masked = mask_addresses(text);
  std::string clean;
  std::size_t fits_with_ellipsis = 0;
  for (std::string_view rest = masked; !rest.empty();) {
    const std::size_t length = character_length(rest);
    const std::string_view character = length == 0 ? std::string_view("?") : rest.substr(0, length);
    rest.remove_prefix(std::max<std::size_t>(length, 1));
    if (is_blank(static_cast<unsigned char>(character[0]))) {
      if (!clean.empty() && clean.back() != ' ') clean += ' ';
    } else {
      clean += character;
    }
    if (clean.size() > limit) {
      clean.resize(fits_with_ellipsis);
      return clean.append(ellipsis);
    }
    if (clean.size() + ellipsis.size() <= limit) fits_with_ellipsis = clean.size();
  }
  if (!clean.empty() && clean.back() == ' ') clean.pop_back();
  return clean;
}

std::string in_quotes(std::string_view text) {
  std::string quoted = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') quoted += '\\';
    quoted += character;
  }
  return quoted + '"';
}

}  // namespace consent_sync::store
