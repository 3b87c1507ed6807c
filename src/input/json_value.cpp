#include "json_value.hpp"

#include <algorithm>
#include <array>
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

namespace {

/// Among few keys, comparing each with each is fastest.
constexpr std::size_t few = 16;

bool is_there_twice(dom::object object) {
  std::vector<std::string_view> keys;
  for (const dom::key_value_pair member : object) keys.push_back(member.key);
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
}

}  // namespace

bool has_duplicate_keys(dom::object object) {
  std::array<std::string_view, few> keys;
  std::size_t count = 0;
  for (const dom::key_value_pair member : object) {
    if ((member.value.is_object() || member.value.is_array()) && has_duplicate_keys(member.value))
      return true;
    if (count < few) {
      if (std::find(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(count), member.key) !=
          keys.begin() + static_cast<std::ptrdiff_t>(count))
        return true;
      keys[count] = member.key;
    }
    ++count;
  }
  return count > few && is_there_twice(object);
}

bool has_duplicate_keys(dom::element value) {
  if (dom::array array; !value.get_array().get(array)) {
    return std::any_of(array.begin(), array.end(),
                       [](dom::element item) { return has_duplicate_keys(item); });
  }
  dom::object object;
  return !value.get_object().get(object) && has_duplicate_keys(object);
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

std::string unescaped_step(std::string_view part) {
  std::string key;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const bool is_escaped = part[i] == '~' && i + 1 < part.size();
    key += !is_escaped ? part[i] : part[++i] == '1' ? '/' : '~';
  }
  return key;
}

std::optional<dom::element> value_at(dom::element root, const std::string& pointer) {
  if (pointer.empty()) return root;
  dom::element found;
  if (root.at_pointer(pointer).get(found)) return std::nullopt;
  return found;
}

}  // namespace consent_sync::input
