#include "values.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <consent_sync/consent/spelling.hpp>

namespace consent_sync::app {
namespace {

template <class Number>
std::optional<Number> whole(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> number_or_percentage(std::string_view text) {
  if (!text.ends_with('%')) return whole<double>(text);
  const auto percentage = whole<double>(text.substr(0, text.size() - 1));
  return percentage ? std::optional<double>(*percentage / 100) : std::nullopt;
}

[[noreturn]] void expected(const std::string& what) {
  throw std::invalid_argument("expected " + what);
}

}  // namespace

bool parse_flag(std::string_view text) {
  if (text == "true" || text == "yes" || text == "1") return true;
  if (text == "false" || text == "no" || text == "0") return false;
  expected("true or false");
}

std::int64_t parse_integer(std::string_view text, std::int64_t least, std::int64_t most) {
  const auto value = whole<std::int64_t>(text);
  if (value && *value >= least && *value <= most) return *value;
  if (most == std::numeric_limits<std::int64_t>::max())
    expected(fmt::format("a whole number from {}", least));
  expected(fmt::format("a whole number from {} to {}", least, most));
}

double parse_number(std::string_view text, double above, double most) {
  const auto value = whole<double>(text);
  if (value && *value > above && *value <= most) return *value;
  expected(fmt::format("a number above {} and up to {}", above, most));
}

double parse_ratio(std::string_view text) {
  const auto ratio = number_or_percentage(text);
  if (ratio && *ratio >= 0.0 && *ratio <= 1.0) return *ratio;
  expected("a share such as 0.05 or 5%");
}

double parse_share(std::string_view text, double most) {
  const auto share = number_or_percentage(text);
  if (share && *share > 0.0 && *share <= most) return *share;
  expected(fmt::format("a share such as 0.9 or 90%, above 0 and up to {}", most));
}

std::chrono::milliseconds parse_duration(std::string_view text) {
  const auto unit_at = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = whole<std::int64_t>(text.substr(0, unit_at));
  const std::string_view unit = text.substr(unit_at);
  const std::int64_t factor = unit == "ms"  ? 1
                              : unit == "s" ? 1000
                              : unit == "m" ? 60'000
                              : unit == "h" ? 3'600'000
                              : unit == "d" ? 86'400'000
                                            : 0;
  // Added to an instant in nanoseconds, it is still one.
  constexpr std::int64_t longest = 36'500 * std::int64_t{86'400'000};
  if (count && factor != 0 && *count > 0 && *count <= longest / factor)
    return std::chrono::milliseconds{*count * factor};
  expected("a duration such as 500ms, 30s, 5m, 2h or 30d, up to 36500d");
}

std::chrono::milliseconds parse_duration_or_zero(std::string_view text) {
  return text == "0" ? std::chrono::milliseconds{0} : parse_duration(text);
}

std::size_t parse_word(std::string_view text, const std::vector<std::string_view>& words) {
  const auto found = std::find(words.begin(), words.end(), text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  expected(fmt::format("one of {}", fmt::join(words, ", ")));
}

std::string_view closest(std::string_view word, const std::vector<std::string_view>& candidates) {
  return consent::closest(word, candidates, std::max<std::size_t>(2, word.size() / 4));
}

std::string show_duration(std::chrono::milliseconds duration) {
  const auto count = duration.count();
  if (count != 0 && count % 86'400'000 == 0) return fmt::format("{}d", count / 86'400'000);
  if (count % 3'600'000 == 0) return fmt::format("{}h", count / 3'600'000);
  if (count % 60'000 == 0) return fmt::format("{}m", count / 60'000);
  if (count % 1000 == 0) return fmt::format("{}s", count / 1000);
  return fmt::format("{}ms", count);
}

std::string show_duration_or_zero(std::chrono::milliseconds duration) {
  return duration.count() == 0 ? "0" : show_duration(duration);
}

std::string show_flag(bool flag) {
  return flag ? "true" : "false";
}

}  // namespace consent_sync::app
