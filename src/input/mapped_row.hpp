#pragma once

#include <simdjson.h>

#include <consent_sync/input/mapping.hpp>
#include <consent_sync/input/row.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "part_states.hpp"
#include "time_format.hpp"

namespace consent_sync::input {

/// Makes a row of the values that a mapping looks for, whatever format they come from. The first problem
/// counts.
class MappedRow {
 public:
  /// What a mapping looks for in a row.
  struct Slot {
    enum class Use : std::uint8_t { customer, decided_at, part, decisions, second, condition };
    Use use = Use::customer;
    Field field;
    std::size_t index = 0;  ///< of the part or the condition
    bool optional = false;  ///< a file may lack it
  };

  explicit MappedRow(const Mapping& mapping);

  const std::vector<Slot>& slots() const { return slots_; }

  /// The value for a slot; a slot whose value is missing is not given. Texts are valid UTF-8.
  void give(const Slot& slot, std::string_view text);
  void give(const Slot& slot, simdjson::dom::element value);

  /// A text that the mapping can take for a customer.
  bool can_name_customer(std::string_view text) const;

  /// The row is invalid for this reason, unless it is already for another.
  void refuse(std::string problem);

  /// Sets what `row`, which says nothing yet, has to say, and starts anew.
  void finish(Row& row);

  /// As finish(), for a row that was refused before its values were looked for: no more than whose it is may
  /// have been given.
  void finish_unread(Row& row);

 private:
  std::optional<simdjson::dom::element> parse_inner(const Slot& slot, std::string_view text);
  void use_text(const Slot& slot, std::string_view text);
  void use_json(const Slot& slot, simdjson::dom::element value);
  void use_number(const Slot& slot, std::int64_t number);
  void use_nested(const Slot& slot, simdjson::dom::element value);
  bool takes_lists(const Slot& slot) const;

  void customer(std::string_view text);
  void decided_at(std::string_view text);
  void part(consent::Part part, std::string_view text);
  void decisions(const Slot& slot, std::string_view text);
  void pairs(std::string_view text);
  void pair(std::string_view text);
  void list(consent::Decision decision, std::string_view text);
  void list(consent::Decision decision, simdjson::dom::element names);
  void list_item(consent::Decision decision, std::string_view name);
  void object(simdjson::dom::element value);
  void entries(simdjson::dom::element value);
  void tcf(std::string_view text);
  void say(std::string_view category, std::string_view value);
  void note(bool understood, std::string& problem);

  bool meets_conditions();
  void name_customer(Row& row) const;
  void finish_part(Row& row);
  void finish_whole(Row& row);
  /// `part`: what the row speaks of; nullptr for the whole.
  void set_record(Row& row, consent::Choice choice, const consent::Part* part);
  void start_anew();

  const Mapping& mapping_;
  std::vector<Slot> slots_;
  std::optional<TimeReader> times_;
  PartStates parts_;
  simdjson::dom::parser inner_;  ///< of JSON in a text

  std::optional<consent::CustomerId> id_;
  std::string email_;
  bool customer_given_ = false;
  bool decisions_given_ = false;  ///< where they do not have fields of their own
  std::optional<consent::Timestamp> decided_at_;
  std::vector<std::optional<std::string>> conditions_;  ///< the value for each
  std::string row_category_;                            ///< long form
  std::optional<std::string> row_value_;
  std::string problem_;
};

}  // namespace consent_sync::input
