#include "json_fault.hpp"

#include <cstddef>
#include <cstdint>

namespace consent_sync::input {
namespace {

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

enum class Ending : std::uint8_t { whole, in_string, in_brackets, before_more };

/// As far as quotation marks, brackets and braces tell: how the value ends that the text begins with, an
/// object or an array.
Ending ending_of(std::string_view text) {
  std::size_t depth = 0;
  bool is_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (is_string) {
      if (c == '\\') ++at;
      is_string = c != '"';
    } else if (c == '"') {
      is_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return at + 1 == text.size() ? Ending::whole : Ending::before_more;
    }
  }
  return is_string ? Ending::in_string : Ending::in_brackets;
}

std::string_view name_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::TAPE_ERROR:
      return "a comma, colon, quotation mark or bracket is missing or one too many, or a value is no JSON";
    case simdjson::DEPTH_ERROR:
      return "it has too many objects and lists within one another";
    case simdjson::STRING_ERROR:
      return "a string in it has a backslash with something behind it that JSON does not know";
    case simdjson::T_ATOM_ERROR:
    case simdjson::F_ATOM_ERROR:
    case simdjson::N_ATOM_ERROR:
    case simdjson::INCORRECT_TYPE:  // of what begins like one of them
      return "a word in it is none of true, false and null";
    case simdjson::NUMBER_ERROR:
      return "a number in it is not written as in JSON";
    case simdjson::NUMBER_OUT_OF_RANGE:
      return "a number in it is too large";
    case simdjson::UTF8_ERROR:
      return "it is not valid UTF-8";
    case simdjson::UNESCAPED_CHARS:
      return "a string in it has a tab or another control character, which has to be escaped";
    case simdjson::UNCLOSED_STRING:
      return "a string in it is not closed";
    case simdjson::EMPTY:
      return "it is empty";
    default:
      return "it is not written as in JSON";
  }
}

}  // namespace

std::string_view other_than_object(std::string_view document) {
  document = without_blanks(document);
  if (document.starts_with('{')) return {};
  if (document.starts_with('[')) return "it is an array";
  if (document.starts_with('"')) return "it is a string";
  if (document == "null") return "it is null";
  if (document == "true" || document == "false") return "it is true or false";
  const bool is_number =
      !document.empty() && document.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
  return is_number ? "it is a number" : "it does not begin with {";
}

std::string_view fault_in_words(std::string_view text, simdjson::error_code error) {
  text = without_blanks(text);
  const bool is_object = text.starts_with('{');
  if (!is_object && !text.starts_with('[')) return name_of(error);
  switch (ending_of(text)) {
    case Ending::in_string:
      return "a string in it is not closed, or it is cut off";
    case Ending::in_brackets:
      return "a bracket or brace in it is not closed, or it is cut off";
    case Ending::before_more:
      return is_object ? "something follows the object" : "something follows the array";
    case Ending::whole:
      break;
  }
  return name_of(error);
}

}  // namespace consent_sync::input
