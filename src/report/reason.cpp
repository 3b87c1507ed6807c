#include <consent_sync/report/reason.hpp>

namespace consent_sync::report {
namespace {

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

}  // namespace

std::string without_values(std::string_view reason) {
  std::string masked;
  for (std::size_t i = 0; i < reason.size(); ++i) {
    if (reason[i] != '"') {
      masked += reason[i];
      continue;
    }
    masked += "\"…\"";
    const std::size_t length = end_of_value(reason.substr(i + 1));
    if (length == std::string_view::npos) break;
    i += length + 1;
  }
  return masked;
}

}  // namespace consent_sync::report
