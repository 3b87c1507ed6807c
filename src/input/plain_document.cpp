#include "plain_document.hpp"

#include <consent_sync/consent/category.hpp>

#include "json_memory.hpp"
#include "record_builder.hpp"
#include "time_format.hpp"

namespace consent_sync::input {

namespace dom = simdjson::dom;
using consent::Decision;

namespace {

enum Key : unsigned { customer_id = 1, allow = 2, deny = 4, consent_map = 8, decided_at = 16 };

}  // namespace

// Flattened: where simdjson's getters are called, what they return goes through memory and is waited for.
[[gnu::flatten]] bool PlainDocument::read(std::string_view document) {
  keys_ = 0;
  customer_.reset();
  allowed_ = denied_ = 0;
  decided_at_.reset();
  dom::object object;
  const auto error = parser_.parse(document.data(), document.size(), false).get_object().get(object);
  if (fault_of_text(error)) return false;
  for (const dom::key_value_pair member : object) {
    if (!read_member(member.key, member.value)) return false;
  }
  const bool mixes_forms = (keys_ & consent_map) != 0 && (keys_ & (allow | deny)) != 0;
  const std::optional<consent::Choice> choice = this->choice();
  return customer_ && choice && !choice->is_empty() && !mixes_forms;
}

bool PlainDocument::is_first(unsigned key) {
  const bool first = (keys_ & key) == 0;
  keys_ |= key;
  return first;
}

bool PlainDocument::read_member(std::string_view key, dom::element value) {
  if (key == "customer_id") return is_first(customer_id) && read_customer(value);
  if (key == "consent") return is_first(consent_map) && read_consent(value);
  if (key == "allow") return is_first(allow) && read_list(Decision::allow, value);
  if (key == "deny") return is_first(deny) && read_list(Decision::deny, value);
  if (key == "decided_at") return is_first(decided_at) && read_decided_at(value);
  // How deep it may be is JsonRow's to know, and what may be meant for another key, too.
  const bool is_scalar = !value.is_object() && !value.is_array();
  return is_scalar && others_.include(key);
}

bool PlainDocument::read_customer(dom::element value) {
  if (value.type() != dom::element_type::INT64) return false;
  std::int64_t number = 0;
  if (value.get_int64().get(number)) return false;
  customer_ = consent::CustomerId::from(number);
  return customer_.has_value();
}

bool PlainDocument::read_list(Decision decision, dom::element value) {
  dom::array array;
  if (value.get_array().get(array)) return false;
  for (const dom::element item : array) {
    std::string_view name;
    if (item.get_string().get(name) || !decide(name, decision)) return false;
  }
  return true;
}

bool PlainDocument::read_consent(dom::element value) {
  dom::object object;
  if (value.get_object().get(object)) return false;
  for (const dom::key_value_pair member : object) {
    bool allowed = false;
    if (member.value.get_bool().get(allowed)) return false;
    if (!decide(member.key, allowed ? Decision::allow : Decision::deny)) return false;
  }
  return true;
}

bool PlainDocument::read_decided_at(dom::element value) {
  std::string_view text;
  if (value.get_string().get(text)) return false;
  decided_at_ = consent::parse_rfc3339(text);
  return decided_at_ && is_plausible(*decided_at_);
}

/// A category twice is unusual, also where it is twice the same.
bool PlainDocument::decide(std::string_view category, Decision decision) {
  const std::optional<consent::Category> known = consent::parse_category(category);
  if (!known) return false;
  const unsigned bit = 1U << static_cast<unsigned>(*known);
  const bool is_first = ((allowed_ | denied_) & bit) == 0;
  (decision == Decision::allow ? allowed_ : denied_) |= bit;
  return is_first;
}

}  // namespace consent_sync::input
