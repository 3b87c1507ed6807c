#include <consent_sync/store/codec.hpp>

#include <climits>
#include <utility>

#include "json_memory.hpp"
#include "json_walk.hpp"

namespace consent_sync::store {
namespace {

namespace json = simdjson::ondemand;
using consent::Category;
using consent::Choice;
using consent::Decision;

void append_list(std::string& body, Choice choice, Decision decision) {
  const char* separator = "";
  body += '[';
  for (const Category category : consent::all_categories) {
    if (choice.of(category) != decision) continue;
    body += separator;
    body += '"';
    body += to_string(category);
    body += '"';
    separator = ",";
  }
  body += ']';
}

std::string make_body(Choice choice) {
  std::string body = R"({"allow":)";
  append_list(body, choice, Decision::allow);
  body += R"(,"deny":)";
  append_list(body, choice, Decision::deny);
  body += '}';
  return body;
}

// The bits of the categories that a list names; nothing if it names anything else.
std::optional<unsigned> read_mask(json::value value) {
  json::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return std::nullopt;
  unsigned mask = 0;
  for (auto item : array) {
    std::string_view word;
    if (item.get_string().get(word) != simdjson::SUCCESS) return std::nullopt;
    const std::optional<Category> category = consent::parse_category(word);
    if (!category) return std::nullopt;
    mask |= 1U << static_cast<unsigned>(*category);
  }
  return mask;
}

// A list that was there twice could mean either.
bool set_once(std::optional<unsigned>& mask, std::optional<unsigned> read) {
  if (mask || !read) return false;
  mask = read;
  return true;
}

bool read_member(json::field& member, std::optional<unsigned>& allow, std::optional<unsigned>& deny) {
  std::string_view name;
  if (member.unescaped_key().get(name) != simdjson::SUCCESS) return false;
  if (name == "allow") return set_once(allow, read_mask(member.value()));
  if (name == "deny") return set_once(deny, read_mask(member.value()));
  return walk(member.value());
}

}  // namespace

const std::string& encode_choice(Choice choice) {
  // There are 81 choices: each is written once.
  static const std::vector<std::string> bodies = [] {
    std::vector<std::string> made(UCHAR_MAX + 1);
    for (unsigned code = 0; code < made.size(); ++code) {
      if (const auto known = Choice::from_code(code)) made[code] = make_body(*known);
    }
    return made;
  }();
  return bodies[choice.code()];
}

std::optional<Choice> decode_choice(std::string_view body) {
  const simdjson::padded_string padded = padded_copy(body);
  json::parser parser;
  json::document document;
  json::object object;
  if (iterate(parser, padded, document) != simdjson::SUCCESS) return std::nullopt;
  if (document.get_object().get(object) != simdjson::SUCCESS) return std::nullopt;

  std::optional<unsigned> allow;
  std::optional<unsigned> deny;
  for (auto item : object) {
    json::field member;
    if (std::move(item).get(member) != simdjson::SUCCESS || !read_member(member, allow, deny))
      return std::nullopt;
  }
  if (!is_at_end(document)) return std::nullopt;
  return Choice::from_masks(allow.value_or(0), deny.value_or(0));
}

}  // namespace consent_sync::store
