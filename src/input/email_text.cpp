#include "email_text.hpp"

#include <algorithm>

#include "text.hpp"

namespace consent_sync::input {
namespace {

constexpr std::size_t longest_address = 254;  // RFC 5321, 4.5.3.1.3, less the angle brackets

constexpr auto is_out_of_place = [](char c) {
  return static_cast<unsigned char>(c) <= ' ' || c == '\x7F' ||
         std::string_view(",;:<>()[]\"\\").find(c) != std::string_view::npos;
};

std::string_view problem_of(std::string_view text) {
  const std::size_t at = text.find('@');
  if (text.empty()) return "the customer's e-mail address is empty";
  if (at == std::string_view::npos) return "the customer's e-mail address has no @ (the value is not shown)";
  if (std::any_of(text.begin(), text.end(), is_out_of_place) ||
      text.find('@', at + 1) != std::string_view::npos) {
    return "the customer's e-mail address is not one plain address (the value is not shown)";
  }
  if (at == 0 || at + 1 == text.size() || text.size() > longest_address) {
    return "the customer's e-mail address is not whole (the value is not shown)";
  }
  return {};
}

}  // namespace

bool has_address(std::string_view text) {
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    if (at > 0 && text[at - 1] != ' ' && text[at - 1] != '/') return true;
  }
  return text.find("%40") != std::string_view::npos;
}

std::optional<std::string> read_email(std::string_view text, std::string& problem) {
  problem = problem_of(text);
  if (!problem.empty()) return std::nullopt;
  return lower(text);
}

}  // namespace consent_sync::input
