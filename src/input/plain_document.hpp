#pragma once

#include <simdjson.h>

#include <consent_sync/consent/record.hpp>
#include <consent_sync/input/row.hpp>
#include <optional>
#include <string_view>

#include "column_names.hpp"

namespace consent_sync::input {

/// Reads documents of the canonical form that are as they should be, which nearly all are, by simdjson's DOM:
/// that takes the processor's best instructions when the program runs, and checks the UTF-8 by the way. What
/// is unusual in the least is left to JsonRow, which reads everything and says what is wrong.
class PlainDocument {
 public:
  /// False: it is unusual, or wrong. What JsonRow would make of it is the same otherwise. Beyond the document
  /// 64 bytes may be read.
  bool read(std::string_view document);

  /// Sets what `row`, which says nothing yet, has to say by the document that was read last.
  void finish(Row& row) const { row.record = consent::Record{*customer_, *choice(), decided_at_}; }

 private:
  bool read_member(std::string_view key, simdjson::dom::element value);
  bool read_customer(simdjson::dom::element value);
  bool read_list(consent::Decision decision, simdjson::dom::element value);
  bool read_consent(simdjson::dom::element value);
  bool read_decided_at(simdjson::dom::element value);
  bool decide(std::string_view category, consent::Decision decision);
  bool is_first(unsigned key);
  std::optional<consent::Choice> choice() const { return consent::Choice::from_masks(allowed_, denied_); }

  simdjson::dom::parser parser_;
  OtherKeys others_;
  unsigned keys_ = 0;  ///< that have been read
  std::optional<consent::CustomerId> customer_;
  unsigned allowed_ = 0;  ///< see consent::Choice::from_masks()
  unsigned denied_ = 0;
  std::optional<consent::Timestamp> decided_at_;
};

}  // namespace consent_sync::input
