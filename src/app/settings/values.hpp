#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace consent_sync::app {

/// Readers of setting values. Each throws std::invalid_argument with what was expected ("a duration such as
/// 30s, 500ms, 5m or 2h").
bool parse_flag(std::string_view text);
std::int64_t parse_integer(std::string_view text, std::int64_t least, std::int64_t most);
/// A number above `above`, up to `most`.
double parse_number(std::string_view text, double above, double most);
/// A share such as 0.05 or 5%, from 0 to 1.
double parse_ratio(std::string_view text);
/// One above 0, up to `most`.
double parse_share(std::string_view text, double most);
std::chrono::milliseconds parse_duration(std::string_view text);
/// Also a bare 0.
std::chrono::milliseconds parse_duration_or_zero(std::string_view text);
/// The index of the word.
std::size_t parse_word(std::string_view text, const std::vector<std::string_view>& words);

/// As the readers above would take them; nothing shows as nothing.
std::string show_duration(std::chrono::milliseconds duration);
std::string show_duration_or_zero(std::chrono::milliseconds duration);
std::string show_flag(bool flag);
template <class Value>
std::string show_optional(const std::optional<Value>& value) {
  return value ? fmt::format("{}", *value) : std::string();
}

/// The candidate that a typing error may have meant, or an empty view.
std::string_view closest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace consent_sync::app
