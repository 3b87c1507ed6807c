#include "problem_reason.hpp"

#include "utf8.hpp"

namespace consent_sync::report {
namespace {

constexpr std::size_t longest_reason = 300;

bool names_a_line(std::string_view text) {
  return text.ends_with("line ") || text.ends_with("lines ") || text.ends_with("… and ");
}

}  // namespace

std::string general_reason(std::string_view reason) {
  std::string general;
  bool quoted = false;
  bool in_number = false;
  for (const char c : reason) {
    const bool digit = c >= '0' && c <= '9';
    if (c == '"') {
      quoted = !quoted;
      general += quoted ? "\"…" : "\"";
    } else if (!quoted && digit && (in_number || names_a_line(general))) {
      if (!in_number) general += "…";
      in_number = true;
    } else if (!quoted) {
      general += c;
      in_number = false;
    }
  }
  return shortened(general, longest_reason);
}

}  // namespace consent_sync::report
