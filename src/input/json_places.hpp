#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mapped_row.hpp"

namespace consent_sync::input {

/// Where the values stand that a mapping looks for. Members of the document itself are found in one pass.
class JsonPlaces {
 public:
  explicit JsonPlaces(const std::vector<MappedRow::Slot>& slots);
  JsonPlaces(const JsonPlaces&) = delete;
  JsonPlaces& operator=(const JsonPlaces&) = delete;

  void look_through(simdjson::dom::object document);

  /// In the document last looked through, the value for a slot; nullptr where there is none.
  const simdjson::dom::element* value_for(std::size_t slot) const {
    const Place& place = *by_slot_[slot];
    return place.found_in == documents_ ? &place.value : nullptr;
  }
  /// In that document an object, however deep, has a key twice.
  bool has_duplicate_keys() const { return has_duplicate_keys_; }

 private:
  struct Place {
    std::string name;
    simdjson::dom::element value;
    std::uint64_t found_in = 0;  ///< the document that `value` belongs to, as they are counted
  };

  Place* find_member(std::string_view key, std::size_t position);
  void take(Place& member, simdjson::dom::element value);

  std::vector<Place> members_;   ///< of the document itself
  std::vector<Place> pointers_;  ///< to what lies deeper
  std::vector<const Place*> by_slot_;
  /// Which member was found first in the last document, which next. Those of one input mostly have one order.
  std::vector<Place*> order_;
  std::uint64_t documents_ = 0;  ///< looked through so far
  bool has_duplicate_keys_ = false;
};

}  // namespace consent_sync::input
