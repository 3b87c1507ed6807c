#include "problem_reason.hpp"

#include "utf8.hpp"

namespace consent_sync::report {
namespace {

bool names_a_line(std::string_view text) {
  return text.ends_with("line ") || text.ends_with("lines ") || text.ends_with("… and ");
}

bool ends_a_value(std::string_view rest) {
  return rest.empty() || std::string_view(" ,;:.").find(rest.front()) != std::string_view::npos;
}

/// Where the quotation mark stands that closes a value whose text starts here. A value may hold such marks
/// itself: the closing one is the first that is followed by what follows a value, else simply the first.
std::size_t end_of_value(std::string_view text) {
  const std::size_t first = text.find('"');
  for (std::size_t mark = first; mark != std::string_view::npos; mark = text.find('"', mark + 1)) {
    if (ends_a_value(text.substr(mark + 1))) return mark;
  }
  return first;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::string general_reason(std::string_view reason) {
  std::string general;
  for (std::size_t i = 0; i < reason.size(); ++i) {
    if (reason[i] == '"') {
      general += "\"…\"";
      const std::size_t length = end_of_value(reason.substr(i + 1));
      if (length == std::string_view::npos) break;
      i += length + 1;
    } else if (is_digit(reason[i]) && names_a_line(general)) {
      general += "…";
      while (i + 1 < reason.size() && is_digit(reason[i + 1])) ++i;
    } else {
      general += reason[i];
    }
  }
  return shortened(general, longest_reason);
}

}  // namespace consent_sync::report
