#include <consent_sync/store/codec.hpp>

#include <utility>

#include "json_memory.hpp"
#include "json_walk.hpp"
#include "printable.hpp"

namespace consent_sync::store {
namespace {

namespace json = simdjson::ondemand;

void add(std::string& words, std::string_view more) {
  if (more.empty()) return;
  if (!words.empty()) words += "; ";
  words += more;
}

// "field: why", with the names of what encloses it left out. Anything but text is left out as well.
void add_errors(std::string& words, std::string_view name, json::value value) {
  json::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return;
  if (type == json::json_type::string) {
    std::string_view why;
    if (value.get_string().get(why) != simdjson::SUCCESS) return;
    add(words, name.empty() ? std::string(why) : std::string(name) + ": " + std::string(why));
  } else if (type == json::json_type::array) {
    json::array array;
    if (value.get_array().get(array) != simdjson::SUCCESS) return;
    for (auto item : array) {
      json::value element;
      if (std::move(item).get(element) != simdjson::SUCCESS) return;
      add_errors(words, name, element);
    }
  } else if (type == json::json_type::object) {
    json::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) return;
    for (auto item : object) {
      json::field member;
      std::string_view key;
      if (std::move(item).get(member) != simdjson::SUCCESS ||
          member.unescaped_key().get(key) != simdjson::SUCCESS)
        return;
      add_errors(words, std::string(key), member.value());
    }
  }
}

// The title and the errors of an error body; empty if it has neither. Reads as far as the body can be read.
std::string read_error_object(std::string_view body) {
  const simdjson::padded_string padded = padded_copy(body);
  json::parser parser;
  json::document document;
  json::object object;
  if (iterate(parser, padded, document) != simdjson::SUCCESS) return {};
  if (document.get_object().get(object) != simdjson::SUCCESS) return {};

  std::string title;
  std::string errors;
  for (auto item : object) {
    json::field member;
    std::string_view key;
    if (std::move(item).get(member) != simdjson::SUCCESS ||
        member.unescaped_key().get(key) != simdjson::SUCCESS)
      break;
    if (key == "title") {
      add_errors(title, {}, member.value());
    } else if (key == "errors") {
      add_errors(errors, {}, member.value());
    } else if (!walk(member.value())) {
      break;
    }
  }
  add(title, errors);
  return title;
}

std::string without_tags(std::string_view html) {
  std::string text;
  bool inside = false;
  for (const char character : html) {
    if (character == '<') inside = true;
    if (!inside) text += character;
    if (character == '>') {
      inside = false;
      text += ' ';
    }
  }
  return text;
}

}  // namespace

std::string describe_error_body(std::string_view body) {
  const std::size_t start = body.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return {};
  body.remove_prefix(start);
  if (body.front() == '<') return printable(without_tags(body));
  const std::string words = body.front() == '{' ? read_error_object(body) : std::string{};
  return printable(words.empty() ? body : std::string_view(words));
}

}  // namespace consent_sync::store
