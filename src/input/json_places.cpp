#include "json_places.hpp"

#include "json_value.hpp"

namespace consent_sync::input {

namespace dom = simdjson::dom;

JsonPlaces::JsonPlaces(const std::vector<MappedRow::Slot>& slots) : values_(slots.size()) {
  for (const MappedRow::Slot& slot : slots) {
    const std::string& name = slot.field.name;
    places_.push_back(name.front() == '/' ? Place{"", name} : Place{name, ""});
  }
}

const std::vector<std::optional<dom::element>>& JsonPlaces::values_in(dom::object document) {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    values_[i].reset();
    dom::element found;
    if (!places_[i].pointer.empty() && !document.at_pointer(places_[i].pointer).get(found)) values_[i] = found;
  }
  for (const dom::key_value_pair member : document) {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (places_[i].pointer.empty() && !values_[i] && member.key == places_[i].member) values_[i] = member.value;
    }
  }
  return values_;
}

}  // namespace consent_sync::input
