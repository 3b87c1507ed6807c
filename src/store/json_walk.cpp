#include "json_walk.hpp"

#include <string_view>
#include <utility>

namespace consent_sync::store {
namespace {

namespace json = simdjson::ondemand;

bool walk_array(json::value value) {
  json::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return false;
  for (auto item : array) {
    json::value element;
    if (std::move(item).get(element) != simdjson::SUCCESS || !walk(element)) return false;
  }
  return true;
}

bool walk_object(json::value value) {
  json::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return false;
  for (auto item : object) {
    json::field field;
    std::string_view key;
    if (std::move(item).get(field) != simdjson::SUCCESS ||
        field.unescaped_key().get(key) != simdjson::SUCCESS)
      return false;
    if (!walk(field.value())) return false;
  }
  return true;
}

// A number too large for the machine is still a number.
bool walk_number(json::value value) {
  const std::string_view token = value.raw_json_token();
  json::number number;
  if (value.get_number().get(number) == simdjson::SUCCESS) return true;
  const std::size_t end = token.find_last_not_of(" \t\r\n");
  return end != std::string_view::npos &&
         token.substr(0, end + 1).find_first_not_of("0123456789+-.eE") == std::string_view::npos;
}

}  // namespace

bool walk(json::value value) {
  json::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return false;
  std::string_view text;
  bool truth = false;
  switch (type) {
    case json::json_type::array:
      return walk_array(value);
    case json::json_type::object:
      return walk_object(value);
    case json::json_type::number:
      return walk_number(value);
    case json::json_type::string:
      return value.get_string().get(text) == simdjson::SUCCESS;
    case json::json_type::boolean:
      return value.get_bool().get(truth) == simdjson::SUCCESS;
    case json::json_type::null: {
      bool is_null = false;
      return simdjson::simdjson_result<bool>(value.is_null()).get(is_null) == simdjson::SUCCESS && is_null;
    }
  }
  return false;
}

bool is_at_end(json::document& document) {
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

}  // namespace consent_sync::store
