#include "problem_reason.hpp"

#include <consent_sync/report/reason.hpp>

#include "utf8.hpp"

namespace consent_sync::report {
namespace {

bool names_a_line(std::string_view text) {
  return text.ends_with("line ") || text.ends_with("lines ") || text.ends_with("… and ");
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::string general_reason(std::string_view reason) {
  const std::string masked = without_input_values(reason);
  std::string general;
  for (std::size_t i = 0; i < masked.size(); ++i) {
    if (is_digit(masked[i]) && names_a_line(general)) {
      general += "…";
      while (i + 1 < masked.size() && is_digit(masked[i + 1])) ++i;
    } else {
      general += masked[i];
    }
  }
  return shortened(general, longest_reason);
}

}  // namespace consent_sync::report
