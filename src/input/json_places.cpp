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
  for (auto& value : values_) value.reset();
  has_duplicate_keys_ = false;
  std::size_t others = 0;
  for (const dom::key_value_pair member : document) {
    if (member.value.is_object() || member.value.is_array()) {
      has_duplicate_keys_ = has_duplicate_keys_ || input::has_duplicate_keys(member.value);
    }
    bool is_known = false;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (!places_[i].pointer.empty() || member.key != places_[i].member) continue;
      has_duplicate_keys_ = has_duplicate_keys_ || values_[i];
      if (!values_[i]) values_[i] = member.value;
      is_known = true;
    }
    others += is_known ? 0 : 1;
  }
  // Members that nobody looks for may be there twice, too.
  if (others > 1) has_duplicate_keys_ = has_duplicate_keys_ || input::has_duplicate_keys(document);
  for (std::size_t i = 0; i < places_.size(); ++i) {
    dom::element found;
    if (!places_[i].pointer.empty() && !document.at_pointer(places_[i].pointer).get(found))
      values_[i] = found;
  }
  return values_;
}

}  // namespace consent_sync::input
