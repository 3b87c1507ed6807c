#include "json_places.hpp"

#include <algorithm>

#include "json_value.hpp"

namespace consent_sync::input {

namespace dom = simdjson::dom;

JsonPlaces::JsonPlaces(const std::vector<MappedRow::Slot>& slots) : values_(slots.size()) {
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const std::string& name = slots[i].field.name;
    if (name.front() == '/') {
      pointers_.push_back({name, i});
    } else {
      add_member(name, i);
    }
  }
  expected_.resize(members_.size());
}

void JsonPlaces::add_member(const std::string& name, std::size_t slot) {
  const auto known = std::find_if(members_.begin(), members_.end(),
                                  [&](const Member& member) { return member.name == name; });
  if (known == members_.end()) return members_.push_back({name, {slot}});
  known->slots.push_back(slot);
}

const std::vector<std::optional<dom::element>>& JsonPlaces::values_in(dom::object document) {
  for (auto& value : values_) value.reset();
  has_duplicate_keys_ = false;
  std::size_t position = 0;
  std::size_t others = 0;
  for (auto entry = document.begin(); entry != document.end(); ++entry) {
    const dom::element value = entry.value();
    const dom::element_type type = value.type();
    const bool is_deep = type == dom::element_type::OBJECT || type == dom::element_type::ARRAY;
    if (is_deep && input::has_duplicate_keys(value)) has_duplicate_keys_ = true;
    if (const Member* member = find_member(entry.key(), position++)) {
      if (!take(*member, value)) has_duplicate_keys_ = true;
    } else {
      ++others;
    }
  }
  // Members that nobody looks for may be there twice, too.
  if (others > 1) has_duplicate_keys_ = has_duplicate_keys_ || input::has_duplicate_keys(document);
  for (const Pointer& place : pointers_) {
    dom::element found;
    if (!document.at_pointer(place.pointer).get(found)) values_[place.slot] = found;
  }
  return values_;
}

const JsonPlaces::Member* JsonPlaces::find_member(std::string_view key, std::size_t position) {
  if (position < expected_.size() && members_[expected_[position]].name == key)
    return &members_[expected_[position]];
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].name != key) continue;
    if (position < expected_.size()) expected_[position] = i;
    return &members_[i];
  }
  return nullptr;
}

/// False where the member is there already: its first value stays.
bool JsonPlaces::take(const Member& member, dom::element value) {
  if (values_[member.slots.front()]) return false;
  for (const std::size_t slot : member.slots) values_[slot] = value;
  return true;
}

}  // namespace consent_sync::input
