#include <consent_sync/report/reason.hpp>

namespace consent_sync::report {
namespace {

bool ends_a_value(std::string_view rest) {
  return rest.empty() || std::string_view(" ,;:.").find(rest.front()) != std::string_view::npos;
}

bool is_escaped(std::string_view text, std::size_t mark) {
  const std::size_t other = text.substr(0, mark).find_last_not_of('\\');
  const std::size_t backslashes = mark - (other == std::string_view::npos ? 0 : other + 1);
  return backslashes % 2 == 1;
}

/// Where the quotation mark stands that closes a value whose text starts here. A value may hold such marks
/// itself: the closing one is the first that is followed by what follows a value, else simply the first.
std::size_t end_of_value(std::string_view text) {
  const std::size_t first = text.find('"');
  for (std::size_t mark = first; mark != std::string_view::npos; mark = text.find('"', mark + 1)) {
    if (!is_escaped(text, mark) && ends_a_value(text.substr(mark + 1))) return mark;
  }
  return first;
}

/// What is said of each value, told what stands before it and its text.
using Replace = std::string (*)(std::string_view before, std::string_view value);

std::string replace_values(std::string_view reason, Replace replace) {
  std::string replaced;
  for (std::size_t i = 0; i < reason.size(); ++i) {
    if (reason[i] != '"') {
      replaced += reason[i];
      continue;
    }
    const std::string_view rest = reason.substr(i + 1);
    const std::size_t length = end_of_value(rest);
    replaced += replace(reason.substr(0, i), rest.substr(0, length));
    if (length == std::string_view::npos) break;
    i += length + 1;
  }
  return replaced;
}

/// It ends with "The store answered 422: ", behind which the judge of replies puts the store's own words.
bool announces_store(std::string_view text) {
  constexpr std::string_view announcement = "The store answered ";
  constexpr std::size_t status = std::string_view("422: ").size();
  return text.ends_with(": ") && text.size() > status &&
         text.substr(0, text.size() - status).ends_with(announcement);
}

std::string without_escapes(std::string_view words) {
  std::string plain;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == '\\' && i + 1 < words.size()) ++i;
    plain += words[i];
  }
  return plain;
}

constexpr const char* left_out = "\"…\"";

}  // namespace

std::string without_values(std::string_view reason) {
  return replace_values(reason, [](std::string_view, std::string_view) { return std::string(left_out); });
}

std::string without_input_values(std::string_view reason) {
  return replace_values(reason, [](std::string_view before, std::string_view value) {
    return announces_store(before) ? '"' + without_values(without_escapes(value)) + '"'
                                   : std::string(left_out);
  });
}

}  // namespace consent_sync::report
