#include "json_row.hpp"

#include <fmt/format.h>

#include "column_names.hpp"
#include "json_fault.hpp"
#include "json_memory.hpp"
#include "text.hpp"

namespace consent_sync::input {
namespace {

using consent::Decision;
using simdjson::error_code;
using simdjson::SUCCESS;
using simdjson::ondemand::json_type;
using simdjson::ondemand::value;

constexpr int max_depth = 64;

error_code skip(value skipped, int depth = 0);

error_code skip_array(value skipped, int depth) {
  simdjson::ondemand::array array;
  if (const error_code error = skipped.get_array().get(array)) return error;
  for (auto item : array) {
    value inner;
    if (const error_code error = item.get(inner)) return error;
    if (const error_code error = skip(inner, depth)) return error;
  }
  return SUCCESS;
}

error_code skip_object(value skipped, int depth) {
  simdjson::ondemand::object object;
  if (const error_code error = skipped.get_object().get(object)) return error;
  for (auto field : object) {
    std::string_view key;
    value inner;
    if (const error_code error = field.unescaped_key().get(key)) return error;
    if (const error_code error = field.value().get(inner)) return error;
    if (const error_code error = skip(inner, depth)) return error;
  }
  return SUCCESS;
}

error_code skip_null(value skipped) {
  bool null = false;
  if (const error_code error = skipped.is_null().get(null)) return error;
  return null ? SUCCESS : simdjson::N_ATOM_ERROR;
}

// Passes over a value, and finds the errors in it.
error_code skip(value skipped, int depth) {
  if (depth == max_depth) return simdjson::DEPTH_ERROR;
  json_type type{};
  if (const error_code error = skipped.type().get(type)) return error;
  switch (type) {
    case json_type::array:
      return skip_array(skipped, depth + 1);
    case json_type::object:
      return skip_object(skipped, depth + 1);
    case json_type::number:
      return skipped.get_double().error();
    case json_type::string:
      return skipped.get_string().error();
    case json_type::boolean:
      return skipped.get_bool().error();
    case json_type::null:
      return skip_null(skipped);
  }
  return simdjson::TAPE_ERROR;
}

}  // namespace

std::string JsonRow::read(simdjson::padded_string_view line, RecordBuilder& builder) {
  builder_ = &builder;
  keys_ = 0;
  categories_ = 0;
  misspelt_.clear();
  simdjson::ondemand::document document;
  error_code error = iterate(parser_, line, document);
  if (!error) error = read_object(document);
  if (error) {
    const std::string_view text(line.data(), line.length());
    const std::string_view other = other_than_object(text);
    return std::string(other.empty() ? fault_in_words(text, error) : other);
  }
  // Only at the end of the line is there no location.
  const bool goes_on = document.current_location().error() != simdjson::OUT_OF_BOUNDS;
  return goes_on ? "something follows the object" : "";
}

error_code JsonRow::read_object(simdjson::ondemand::document& document) {
  simdjson::ondemand::object object;
  if (const error_code error = document.get_object().get(object)) return error;
  for (auto field : object) {
    std::string_view key;
    value member;
    if (const error_code error = field.unescaped_key().get(key)) return error;
    if (const error_code error = field.value().get(member)) return error;
    if (const error_code error = read_member(key, member)) return error;
  }
  refuse_misspelt();
  if ((keys_ & consent_map) != 0 && (keys_ & (allow | deny)) != 0) {
    builder_->refuse("it has consent beside allow or deny; use the one or the other");
  }
  return SUCCESS;
}

// A key that is there as it should be, too, is no misspelling.
void JsonRow::refuse_misspelt() {
  for (const auto& [key, meant] : misspelt_) {
    const bool is_other = (meant == "allow" && (keys_ & allow) != 0) ||
                          (meant == "deny" && (keys_ & deny) != 0) ||
                          (meant == "consent" && (keys_ & consent_map) != 0);
    if (is_other) continue;
    builder_->refuse(fmt::format("it has the key {}, which is not read; did you mean {}?", key, meant));
  }
}

error_code JsonRow::read_member(std::string_view key, Value member) {
  if (equals_ignoring_case(key, "customer_id")) {
    note(keys_, customer_id, key);
    return read_customer_id(member);
  }
  if (equals_ignoring_case(key, "allow")) {
    note(keys_, allow, key);
    return read_list(key, Decision::allow, member);
  }
  if (equals_ignoring_case(key, "deny")) {
    note(keys_, deny, key);
    return read_list(key, Decision::deny, member);
  }
  if (equals_ignoring_case(key, "consent")) {
    note(keys_, consent_map, key);
    return read_consent(member);
  }
  if (equals_ignoring_case(key, "decided_at")) {
    note(keys_, decided_at, key);
    return read_decided_at(member);
  }
  if (read_category(key)) {
    builder_->refuse(fmt::format("{} stands alone; write it within the object consent", shown(key)));
  } else if (const std::string_view meant = meant_by(key); !meant.empty()) {
    misspelt_.emplace_back(shown(key), meant);
  }
  return skip(member);
}

error_code JsonRow::read_customer_id(Value member) {
  json_type type{};
  if (const error_code error = member.type().get(type)) return error;
  if (type == json_type::string) {
    std::string_view text;
    if (const error_code error = member.get_string().get(text)) return error;
    builder_->customer_id(text);
    return SUCCESS;
  }
  if (type == json_type::number) {
    // As it is written: 42.0 and 1E3 are no ids, though they are whole numbers.
    const std::string_view token = member.raw_json_token();
    builder_->customer_id(token.substr(0, token.find_last_not_of(" \t\r\n") + 1));
  } else {
    builder_->refuse("customer_id is neither a whole number nor a string of digits");
  }
  return skip(member);
}

error_code JsonRow::read_list(std::string_view key, Decision decision, Value member) {
  json_type type{};
  if (const error_code error = member.type().get(type)) return error;
  if (type == json_type::null) return skip(member);
  if (type != json_type::array) {
    refuse_list(key);
    return skip(member);
  }
  simdjson::ondemand::array array;
  if (const error_code error = member.get_array().get(array)) return error;
  for (auto item : array) {
    value inner;
    if (const error_code error = item.get(inner)) return error;
    if (const error_code error = read_list_item(key, decision, inner)) return error;
  }
  return SUCCESS;
}

error_code JsonRow::read_list_item(std::string_view key, Decision decision, Value item) {
  json_type type{};
  if (const error_code error = item.type().get(type)) return error;
  if (type != json_type::string) {
    refuse_list(key);
    return skip(item);
  }
  std::string_view name;
  if (const error_code error = item.get_string().get(name)) return error;
  builder_->list_item(decision, name);
  return SUCCESS;
}

void JsonRow::refuse_list(std::string_view key) {
  builder_->refuse(fmt::format("{} is not a list of category names, such as analytics", key));
}

error_code JsonRow::read_consent(Value member) {
  json_type type{};
  if (const error_code error = member.type().get(type)) return error;
  if (type == json_type::null) return skip(member);
  if (type != json_type::object) {
    builder_->refuse("consent is not an object of category names with true or false");
    return skip(member);
  }
  simdjson::ondemand::object object;
  if (const error_code error = member.get_object().get(object)) return error;
  for (auto field : object) {
    std::string_view key;
    value inner;
    if (const error_code error = field.unescaped_key().get(key)) return error;
    if (const error_code error = field.value().get(inner)) return error;
    if (const error_code error = read_decision(key, inner)) return error;
  }
  return SUCCESS;
}

error_code JsonRow::read_decision(std::string_view key, Value member) {
  const auto category = read_category(key);
  json_type type{};
  if (const error_code error = member.type().get(type)) return error;
  if (!category) {
    builder_->refuse(fmt::format(
        "consent names {}; the categories are essential, functional, analytics and targeting", shown(key)));
    return skip(member);
  }
  note(categories_, 1U << static_cast<unsigned>(*category), key);
  if (type == json_type::boolean) {
    bool allowed = false;
    if (const error_code error = member.get_bool().get(allowed)) return error;
    builder_->decide(*category, allowed ? Decision::allow : Decision::deny);
    return SUCCESS;
  }
  if (type != json_type::null) {
    builder_->refuse(fmt::format("{} in consent is neither true, false nor null", shown(key)));
  }
  return skip(member);
}

error_code JsonRow::read_decided_at(Value member) {
  json_type type{};
  if (const error_code error = member.type().get(type)) return error;
  if (type == json_type::string) {
    std::string_view text;
    if (const error_code error = member.get_string().get(text)) return error;
    builder_->decided_at(text);
    return SUCCESS;
  }
  if (type != json_type::null)
    builder_->refuse("decided_at is not a string, like 2026-11-24T05:00:00Z in quotation marks");
  return skip(member);
}

void JsonRow::note(unsigned& seen, unsigned bit, std::string_view key) {
  if ((seen & bit) != 0) builder_->refuse(fmt::format("the key {} occurs twice", shown(key)));
  seen |= bit;
}

}  // namespace consent_sync::input
