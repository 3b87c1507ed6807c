#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace consent_sync::test {

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Whether there is a sentence, and the words in it.
inline bool mentions(const std::optional<std::string>& sentence, std::string_view words) {
  return sentence && contains(*sentence, words);
}

}  // namespace consent_sync::test
