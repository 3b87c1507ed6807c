#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <vector>

#include "mapped_row.hpp"

namespace consent_sync::input {

/// Where the values stand that a mapping looks for. Members of the document itself are found in one pass.
class JsonPlaces {
 public:
  explicit JsonPlaces(const std::vector<MappedRow::Slot>& slots);

  /// By slot; nothing where there is no such value. Valid until the next call.
  const std::vector<std::optional<simdjson::dom::element>>& values_in(simdjson::dom::object document);
  /// In the document of the last call an object, however deep, has a key twice.
  bool has_duplicate_keys() const { return has_duplicate_keys_; }

 private:
  struct Place {
    std::string member;   ///< of the document itself, or:
    std::string pointer;  ///< deeper
  };
  std::vector<Place> places_;
  bool has_duplicate_keys_ = false;
  std::vector<std::optional<simdjson::dom::element>> values_;
};

}  // namespace consent_sync::input
