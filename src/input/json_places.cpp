#include "json_places.hpp"

#include <algorithm>

#include "json_value.hpp"

namespace consent_sync::input {

namespace dom = simdjson::dom;

JsonPlaces::JsonPlaces(const std::vector<MappedRow::Slot>& slots) {
  // Nothing may move any more once it is pointed to.
  members_.reserve(slots.size());
  pointers_.reserve(slots.size());
  for (const MappedRow::Slot& slot : slots) {
    const std::string& name = slot.field.name;
    std::vector<Place>& places = name.front() == '/' ? pointers_ : members_;
    auto place = std::find_if(places.begin(), places.end(),
                              [&name](const Place& known) { return known.name == name; });
    if (place == places.end()) place = places.insert(place, {name, {}, 0});
    by_slot_.push_back(&*place);
  }
  for (Place& member : members_) order_.push_back(&member);
}

void JsonPlaces::look_through(dom::object document) {
  ++documents_;
  has_duplicate_keys_ = false;
  std::size_t found = 0;
  std::size_t others = 0;
  for (const dom::key_value_pair member : document) {
    const dom::element_type type = member.value.type();
    const bool is_deep = type == dom::element_type::OBJECT || type == dom::element_type::ARRAY;
    if (is_deep && input::has_duplicate_keys(member.value)) has_duplicate_keys_ = true;
    if (Place* const place = find_member(member.key, found)) {
      take(*place, member.value);
      ++found;
    } else {
      ++others;
    }
  }
  // Members that nobody looks for may be there twice, too.
  if (others > 1) has_duplicate_keys_ = has_duplicate_keys_ || input::has_duplicate_keys(document);
  for (Place& place : pointers_) {
    if (!document.at_pointer(place.name).get(place.value)) place.found_in = documents_;
  }
}

JsonPlaces::Place* JsonPlaces::find_member(std::string_view key, std::size_t position) {
  Place** const expected = position < order_.size() ? &order_[position] : nullptr;
  if (expected != nullptr && (*expected)->name == key) return *expected;
  for (Place& member : members_) {
    if (member.name != key) continue;
    if (expected != nullptr) *expected = &member;
    return &member;
  }
  return nullptr;
}

/// Where the member is there already, its first value stays.
void JsonPlaces::take(Place& member, dom::element value) {
  if (member.found_in == documents_) {
    has_duplicate_keys_ = true;
    return;
  }
  member.value = value;
  member.found_in = documents_;
}

}  // namespace consent_sync::input
