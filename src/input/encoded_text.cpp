#include "encoded_text.hpp"

#include <charconv>

namespace consent_sync::input {

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      unsigned byte = 0;
      const char* from = text.data() + i + 1;
      const auto [end, error] = std::from_chars(from, from + 2, byte, 16);
      if (error != std::errc() || end != from + 2) return std::nullopt;
      decoded += static_cast<char>(byte);
      i += 2;
    }
  }
  return decoded;
}

std::optional<std::string> form_value(std::string_view text, std::string_view key) {
  std::optional<std::string> value;
  for (;;) {
    const std::size_t end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && percent_decoded(pair.substr(0, equals), true) == key) {
      if (value) return std::nullopt;
      value = percent_decoded(pair.substr(equals + 1), true);
      if (!value) return std::nullopt;
    }
    if (end == std::string_view::npos) return value;
    text.remove_prefix(end + 1);
  }
}

std::string_view unquoted(std::string_view text) {
  const bool quoted =
      text.size() >= 2 && text.front() == text.back() && (text.front() == '\'' || text.front() == '"');
  return quoted ? text.substr(1, text.size() - 2) : text;
}

}  // namespace consent_sync::input
