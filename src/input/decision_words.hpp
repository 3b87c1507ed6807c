#pragma once

#include <array>
#include <consent_sync/consent/choice.hpp>
#include <cstdint>
#include <optional>
#include <string_view>

#include "text.hpp"

namespace consent_sync::input {

struct DecisionWord {
  std::string_view word;
  consent::Decision decision;
};

/// The words for a decision in the canonical form, in whatever case.
inline constexpr std::array decision_words{
    DecisionWord{"yes", consent::Decision::allow},     DecisionWord{"no", consent::Decision::deny},
    DecisionWord{"true", consent::Decision::allow},    DecisionWord{"false", consent::Decision::deny},
    DecisionWord{"1", consent::Decision::allow},       DecisionWord{"0", consent::Decision::deny},
    DecisionWord{"allow", consent::Decision::allow},   DecisionWord{"deny", consent::Decision::deny},
    DecisionWord{"granted", consent::Decision::allow}, DecisionWord{"denied", consent::Decision::deny},
};

/// Up to eight characters as one number, ASCII letters in lower case: to compare words at once. 0 for a
/// longer text.
constexpr std::uint64_t packed(std::string_view text) {
  std::uint64_t number = 0;
  if (text.size() > 8) return 0;
  for (const char c : text) number = number << 8U | static_cast<unsigned char>(lower(c));
  return number;
}

/// What a word means; nothing for one that is none of them.
constexpr std::optional<consent::Decision> decision_of(std::string_view text) {
  const std::uint64_t number = packed(text);
  for (const DecisionWord& known : decision_words) {
    if (number == packed(known.word) && text.size() == known.word.size()) return known.decision;
  }
  return std::nullopt;
}

}  // namespace consent_sync::input
