#pragma once

#include <consent_sync/consent/record.hpp>
#include <consent_sync/input/row.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace consent_sync::input {

/// The category of that name, in whatever case.
std::optional<consent::Category> read_category(std::string_view name);

/// A record in `row` that says nothing yet, to be completed member by member: where what has just been put
/// together is copied as a whole, the processor waits.
inline consent::Record& blank_record(Row& row) {
  static constexpr consent::Record blank{*consent::CustomerId::from(1), consent::Choice(), std::nullopt};
  return row.record.emplace(blank);
}

/// Makes a record from the values of one row, whatever format they come from. The first problem counts. Texts
/// are valid UTF-8; spaces around them do not matter.
class RecordBuilder {
 public:
  void customer_id(std::string_view text);

  /// Category names separated by | ; , or space, all of them decided in the same way (allow or deny).
  void list(consent::Decision decision, std::string_view text);

  /// One category name of such a list.
  void list_item(consent::Decision decision, std::string_view word);

  /// The word in a category's own column: yes, no, true, false, ...; "" decides nothing.
  void column(consent::Category category, std::string_view text);

  /// A decision that needs no reading. Unspecified decides nothing.
  void decide(consent::Category category, consent::Decision decision);

  /// RFC 3339; "" is none.
  void decided_at(std::string_view text);

  /// The row is invalid for this reason, unless it is already for another.
  void refuse(std::string problem);

  /// Sets either `record` or `problem` (and `customer`) of `row`, and starts anew.
  void finish(Row& row);

 private:
  std::optional<consent::CustomerId> customer_;
  bool customer_given_ = false;
  consent::Choice choice_;
  std::optional<consent::Timestamp> decided_at_;
  std::string problem_;
};

}  // namespace consent_sync::input
