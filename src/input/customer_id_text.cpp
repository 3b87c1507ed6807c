#include "customer_id_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "text.hpp"

namespace consent_sync::input {
namespace {

constexpr std::string_view digits = "0123456789";

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of(digits) == std::string_view::npos;
}

// Passes over digits at the start; how many there were.
std::size_t take_digits(std::string_view& text) {
  const std::size_t count = std::min(text.find_first_not_of(digits), text.size());
  text.remove_prefix(count);
  return count;
}

bool take_any_of(std::string_view& text, std::string_view wanted) {
  if (text.empty() || wanted.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// 1.23E+07, 1,23E+07, 1E7
bool is_scientific(std::string_view text) {
  if (take_digits(text) == 0) return false;
  if (take_any_of(text, ".,")) take_digits(text);
  if (!take_any_of(text, "eE")) return false;
  take_any_of(text, "+-");
  return all_digits(text);
}

// 12,345 or 12.345.678 or 12 345 or 12'345
bool is_grouped(std::string_view text) {
  const std::size_t first = take_digits(text);
  if (first == 0 || first > 3 || text.empty()) return false;
  const char separator = text.front();
  while (take_any_of(text, {&separator, 1})) {
    if (take_digits(text) != 3) return false;
  }
  return text.empty() && std::string_view(",.' ").find(separator) != std::string_view::npos;
}

// 42.0 or 42,5
bool is_decimal(std::string_view text) {
  return take_digits(text) > 0 && take_any_of(text, ".,") && all_digits(text);
}

bool is_hexadecimal(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF-") == std::string_view::npos;
}

std::string_view what_is_wrong(std::string_view text) {
  if (text.find('@') != std::string_view::npos) return "the store's number of the customer is needed";
  if (is_scientific(text)) return "a spreadsheet has rounded it; export the column as whole numbers";
  if (is_grouped(text)) return "it has thousands separators; write the digits only";
  if (is_decimal(text)) return "it has a decimal point; write the digits before it only";
  if (text.front() == '-' && all_digits(text.substr(1))) return "it is negative; ids start at 1";
  if (all_digits(trim_invisible(text)) && !all_digits(text)) {
    return "it has an invisible character beside it, such as a no-break space; take that away";
  }
  if (text.front() == '\'' && all_digits(text.substr(1)))
    return "it has a spreadsheet's apostrophe before it; take that away";
  if (text.starts_with("=\"")) return "it is a spreadsheet's formula; export the column as whole numbers";
  if (text.size() == 36 && is_hexadecimal(text)) return "it is a UUID, and no store's number of a customer";
  if (text.size() >= 32 && is_hexadecimal(text) && !all_digits(text)) {
    return "it looks like the hash of something, and is no store's number of a customer";
  }
  if (!all_digits(text)) return not_a_number;
  if (text.find_first_not_of('0') == std::string_view::npos) return "ids start at 1";
  if (text.front() == '0') return "it has leading zeros; write it without, if it is the store's id";
  return "it is greater than 9223372036854775807";
}

}  // namespace

std::optional<consent::CustomerId> read_customer_id(std::string_view text, std::string& problem,
                                                    std::string_view name) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool sound = error == std::errc() && end == text.data() + text.size() && text.front() != '0';
  const auto id = sound ? consent::CustomerId::from(value) : std::nullopt;
  if (!id) {
    problem = text.empty() ? fmt::format("{} is empty", name)
                           : fmt::format("{} is {}: {}", name, shown(text), what_is_wrong(text));
  }
  return id;
}

}  // namespace consent_sync::input
