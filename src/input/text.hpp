#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace consent_sync::input {

/// Without the spaces and tabs at both ends.
inline std::string_view trim(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// An ASCII letter in lower case; anything else as it is.
constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Without white space of any kind and invisible characters at both ends: line ends, no-break spaces, byte
/// order marks, zero-width characters.
std::string_view trim_invisible(std::string_view text);

/// ASCII letters in lower case.
std::string lower(std::string_view text);

/// Equal but for the case of ASCII letters; `word` is in lower case already.
inline bool equals_ignoring_case(std::string_view text, std::string_view word) {
  if (text.size() != word.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (lower(text[i]) != word[i]) return false;
  }
  return true;
}

/// ==, of short texts that mostly are equal: no function is called for them.
inline bool same_text(std::string_view one, std::string_view other) {
  if (one.size() != other.size()) return false;
  std::size_t at = 0;
  for (std::uint64_t a = 0, b = 0; at + sizeof a <= one.size(); at += sizeof a) {
    std::memcpy(&a, one.data() + at, sizeof a);
    std::memcpy(&b, other.data() + at, sizeof b);
    if (a != b) return false;
  }
  for (; at < one.size(); ++at) {
    if (one[at] != other[at]) return false;
  }
  return true;
}

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
