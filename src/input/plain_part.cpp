#include "plain_part.hpp"

#include <algorithm>
#include <utility>

#include "customer_id_text.hpp"
#include "record_builder.hpp"
#include "text.hpp"

namespace consent_sync::input {

namespace dom = simdjson::dom;

namespace {

/// The text that a value of a single word stands for. False for any other.
bool get_text(dom::element value, std::string_view& text) {
  switch (value.type()) {
    case dom::element_type::STRING:
      text = value.get_string().value_unsafe();
      return true;
    case dom::element_type::BOOL:
      text = value.get_bool().value_unsafe() ? "true" : "false";
      return true;
    case dom::element_type::NULL_VALUE:
      text = "";
      return true;
    default:
      return false;
  }
}

}  // namespace

bool PlainPart::can_read(const Mapping& mapping) {
  const DecisionFields& decisions = mapping.decisions;
  if (decisions.form != DecisionFields::Form::rows || mapping.key == Mapping::Key::email) return false;
  std::vector<Field> fields{mapping.customer, *decisions.field, *decisions.second};
  if (mapping.decided_at) fields.push_back(mapping.decided_at->field);
  const auto by_name = [](const Field& one, const Field& other) { return one.name < other.name; };
  const auto same_name = [](const Field& one, const Field& other) { return one.name == other.name; };
  std::sort(fields.begin(), fields.end(), by_name);
  return mapping.only_if.empty() &&
         std::adjacent_find(fields.begin(), fields.end(), same_name) == fields.end() &&
         std::none_of(fields.begin(), fields.end(), [](const Field& field) {
           return field.name.starts_with('/') || !field.pointer.empty();
         });
}

PlainPart::PlainPart(const Mapping& mapping)
    : members_{{mapping.customer.name, Use::customer},
               {mapping.decisions.field->name, Use::category},
               {mapping.decisions.second->name, Use::value}},
      parts_(mapping) {
  if (!mapping.decided_at) return;
  members_.push_back({mapping.decided_at->field.name, Use::decided_at});
  times_.emplace(mapping.decided_at->formats, mapping.decided_at->zone);
}

bool PlainPart::read(dom::object document, Row& row) {
  Values values;
  if (!read_members(document, values)) return false;
  const PartStates::Saying* const said = parts_.understand(values.category, values.value, problem_);
  if (said == nullptr) return false;
  consent::Record& record = blank_record(row);
  record.customer = *values.customer;
  record.choice = said->choice;
  if (values.decided_at) record.decided_at.emplace(*values.decided_at);
  record.part.emplace(said->part);
  return true;
}

// Flattened: where simdjson's getters are called, what they return goes through memory and is waited for.
[[gnu::flatten]] bool PlainPart::read_members(dom::object document, Values& values) {
  std::size_t found = 0;
  std::size_t others = 0;
  for (const dom::key_value_pair member : document) {
    const std::size_t place = find_member(member.key, found);
    if (place == members_.size()) {
      // Two others could have one key, and what lies within one, too.
      if (++others > 1 || member.value.is_object() || member.value.is_array()) return false;
    } else if (place < found++ || !read_member(members_[place].use, member.value, values)) {
      return false;
    }
  }
  const bool lacks_time_only = found + 1 == members_.size() && members_.back().use == Use::decided_at;
  return found == members_.size() || lacks_time_only;
}

std::size_t PlainPart::find_member(std::string_view key, std::size_t expected) {
  if (expected < members_.size() && same_text(members_[expected].name, key)) return expected;
  const auto member = std::find_if(members_.begin(), members_.end(),
                                   [key](const Member& known) { return known.name == key; });
  const auto place = static_cast<std::size_t>(member - members_.begin());
  if (place < expected || member == members_.end()) return place;
  std::swap(*member, members_[expected]);
  return expected;
}

bool PlainPart::read_member(Use use, dom::element value, Values& values) {
  switch (use) {
    case Use::customer:
      return read_customer(value, values);
    case Use::decided_at:
      return read_decided_at(value, values);
    case Use::category:
      if (!get_text(value, values.category)) return false;
      values.category = trim(values.category);
      return !values.category.empty();
    case Use::value:
      return get_text(value, values.value);
  }
  return false;
}

bool PlainPart::read_customer(dom::element value, Values& values) {
  std::string_view text;
  if (value.is_int64()) {
    values.customer = consent::CustomerId::from(value.get_int64().value_unsafe());
  } else if (!value.get_string().get(text)) {
    values.customer = read_customer_id(trim(text), problem_);
  }
  return values.customer.has_value();
}

bool PlainPart::read_decided_at(dom::element value, Values& values) {
  std::string_view text;
  if (!get_text(value, text)) return false;
  text = trim(text);
  return text.empty() || times_->read(text, values.decided_at, problem_);
}

}  // namespace consent_sync::input
