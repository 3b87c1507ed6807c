#include "text.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <consent_sync/consent/utf8.hpp>

namespace consent_sync::input {
namespace {

constexpr std::size_t shown_characters = 40;

constexpr bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// no-break space, byte order mark, zero-width space, non-joiner, joiner, left-to-right and right-to-left
// mark, word joiner, soft hyphen
constexpr std::string_view invisible[] = {" ",
                                          "\t",
                                          "\r",
                                          "\n",
                                          "\xC2\xA0",
                                          "\xEF\xBB\xBF",
                                          "\xE2\x80\x8B",
                                          "\xE2\x80\x8C",
                                          "\xE2\x80\x8D",
                                          "\xE2\x80\x8E",
                                          "\xE2\x80\x8F",
                                          "\xE2\x81\xA0",
                                          "\xC2\xAD"};

// C0, DEL and C1, which terminals may obey.
std::string without_controls(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    const bool is_c1 = c == 0xC2 && next >= 0x80 && next < 0xA0;
    result += c < ' ' || c == 0x7F || is_c1 ? ' ' : text[i];
    if (is_c1) ++i;
  }
  return result;
}

}  // namespace

std::string_view trim_invisible(std::string_view text) {
  const auto at_start = [&text](std::string_view character) { return text.starts_with(character); };
  const auto at_end = [&text](std::string_view character) { return text.ends_with(character); };
  for (;;) {
    const auto* const first = std::find_if(std::begin(invisible), std::end(invisible), at_start);
    if (first == std::end(invisible)) break;
    text.remove_prefix(first->size());
  }
  for (;;) {
    const auto* const last = std::find_if(std::begin(invisible), std::end(invisible), at_end);
    if (last == std::end(invisible)) return text;
    text.remove_suffix(last->size());
  }
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return lower(c); });
  return result;
}

std::string shown(std::string_view text) {
  if (text.find('@') != std::string_view::npos || text.find("%40") != std::string_view::npos)
    return "an e-mail address";
  std::size_t end = 0;
  for (std::size_t characters = 0; end < text.size() && characters < shown_characters; ++characters) {
    do {
      ++end;
    } while (end < text.size() && continues_character(text[end]));
  }
  return fmt::format("\"{}{}\"", without_controls(text.substr(0, end)), end < text.size() ? "..." : "");
}

std::string_view damage_of(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return "it holds a NUL byte";
  if (!simdjson::validate_utf8(text.data(), text.size())) return "it is not valid UTF-8";
  return {};
}

std::string_view cut(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && continues_character(text[limit])) --limit;
  return text.substr(0, limit);
}

std::string repaired(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t length = consent::character_length(text);
    const bool sound = length > 0 && text[0] != '\0';
    result += sound ? text.substr(0, length) : consent::replacement_character;
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return result;
}

}  // namespace consent_sync::input
