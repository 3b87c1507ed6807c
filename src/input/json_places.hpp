#pragma once

#include <simdjson.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
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
  /// A member of the document itself, and the slots that look for it.
  struct Member {
    std::string name;
    std::vector<std::size_t> slots;
  };
  /// A value that lies deeper.
  struct Pointer {
    std::string pointer;
    std::size_t slot;
  };

  void add_member(const std::string& name, std::size_t slot);
  const Member* find_member(std::string_view key, std::size_t position);
  bool take(const Member& member, simdjson::dom::element value);

  std::vector<Member> members_;
  std::vector<Pointer> pointers_;
  /// By position: which member stood there last. Documents of one input mostly have their members in one
  /// order.
  std::vector<std::size_t> expected_;
  bool has_duplicate_keys_ = false;
  std::vector<std::optional<simdjson::dom::element>> values_;
};

}  // namespace consent_sync::input
