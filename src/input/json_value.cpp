#include "json_value.hpp"

#include <algorithm>
#include <vector>

namespace consent_sync::input {

namespace dom = simdjson::dom;

std::optional<std::string> text_of(dom::element value) {
  std::string_view text;
  switch (value.type()) {
    case dom::element_type::STRING:
      if (value.get_string().get(text)) return std::nullopt;
      return std::string(text);
    case dom::element_type::NULL_VALUE:
      return std::string();
    case dom::element_type::ARRAY:
    case dom::element_type::OBJECT:
      return std::nullopt;
    default:
      return simdjson::minify(value);
  }
}

bool has_duplicate_keys(dom::element value) {
  if (dom::array array; !value.get_array().get(array)) {
    return std::any_of(array.begin(), array.end(), has_duplicate_keys);
  }
  dom::object object;
  if (value.get_object().get(object)) return false;
  std::vector<std::string_view> keys;
  for (const dom::key_value_pair member : object) {
    if (has_duplicate_keys(member.value)) return true;
    keys.push_back(member.key);
  }
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
}

std::string to_pointer(const std::string& name) {
  if (name.front() == '/') return name;
  std::string pointer = "/";
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

std::optional<dom::element> value_at(dom::element root, const std::string& pointer) {
  if (pointer.empty()) return root;
  dom::element found;
  if (root.at_pointer(pointer).get(found)) return std::nullopt;
  return found;
}

}  // namespace consent_sync::input
