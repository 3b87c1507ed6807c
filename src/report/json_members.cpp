#include "json_members.hpp"

#include "json_memory.hpp"
#include "json_writer.hpp"

namespace consent_sync::report {
namespace {

using simdjson::SUCCESS;
using simdjson::ondemand::json_type;

simdjson::error_code read_raw(simdjson::ondemand::value value, std::string_view& raw) {
  json_type type{};
  if (const auto error = value.type().get(type)) return error;
  if (type == json_type::object) {
    simdjson::ondemand::object object;
    if (const auto error = value.get_object().get(object)) return error;
    return object.raw_json().get(raw);
  }
  if (type == json_type::array) {
    simdjson::ondemand::array array;
    if (const auto error = value.get_array().get(array)) return error;
    return array.raw_json().get(raw);
  }
  raw = value.raw_json_token();
  raw = raw.substr(0, raw.find_last_not_of(" \t\r\n") + 1);
  return SUCCESS;
}

}  // namespace

std::optional<std::string> members_without(std::string_view name, std::string_view object) {
  simdjson::ondemand::parser parser;
  const simdjson::padded_string copy = padded_copy(object);
  simdjson::ondemand::document document;
  simdjson::ondemand::object members;
  if (iterate(parser, copy, document) || document.get_object().get(members)) return std::nullopt;
  std::string kept;
  for (auto member : members) {
    std::string_view key;
    simdjson::ondemand::value value;
    std::string_view raw;
    if (member.unescaped_key().get(key) || member.value().get(value)) return std::nullopt;
    const std::string key_text = json_text(key);
    const bool is_kept = key != name;
    if (read_raw(value, raw)) return std::nullopt;
    if (is_kept) kept.append(kept.empty() ? "" : ",").append(key_text).append(":").append(raw);
  }
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS ? std::optional(kept) : std::nullopt;
}

}  // namespace consent_sync::report
