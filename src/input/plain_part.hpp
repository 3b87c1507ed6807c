#pragma once

#include <simdjson.h>

#include <consent_sync/consent/record.hpp>
#include <consent_sync/input/mapping.hpp>
#include <consent_sync/input/row.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "part_states.hpp"
#include "time_format.hpp"

namespace consent_sync::input {

/// Reads documents of long form that are as they should be, which nearly all are, in one pass. What is
/// unusual in the least is left to MappedRow, which reads everything and says what is wrong.
class PlainPart {
 public:
  /// A mapping whose documents can be read like this: of long form, of customers known by their ids, with
  /// each value in a member of its own of the document itself, and without conditions.
  static bool can_read(const Mapping& mapping);

  /// `mapping` outlives it.
  explicit PlainPart(const Mapping& mapping);

  /// Sets what `row`, which says nothing yet, has to say. False, and `row` as it was: the document is
  /// unusual, or wrong. What MappedRow would make of it is the same otherwise.
  bool read(simdjson::dom::object document, Row& row);

 private:
  enum class Use : std::uint8_t { customer, decided_at, category, value };
  struct Member {
    std::string name;
    Use use;
  };
  /// What the members of one document say.
  struct Values {
    std::optional<consent::CustomerId> customer;
    std::optional<consent::Timestamp> decided_at;
    std::string_view category;
    std::string_view value;
  };

  bool read_members(simdjson::dom::object document, Values& values);
  /// Where the member of that name stands, moved to `expected` unless it stands before; the end if nobody
  /// looks for it.
  std::size_t find_member(std::string_view key, std::size_t expected);
  bool read_member(Use use, simdjson::dom::element value, Values& values);
  bool read_customer(simdjson::dom::element value, Values& values);
  bool read_decided_at(simdjson::dom::element value, Values& values);

  /// In the order in which the last document had them: those of one input mostly have one order.
  std::vector<Member> members_;
  std::optional<TimeReader> times_;
  PartStates parts_;
  std::string problem_;  ///< that MappedRow will tell
};

}  // namespace consent_sync::input
