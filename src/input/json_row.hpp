#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record_builder.hpp"

namespace consent_sync::input {

/// Reads one line of NDJSON, one JSON object, whole and to its end: what is lazily skipped would hide its
/// errors.
class JsonRow {
 public:
  /// Gives the values of the object at `line` to `builder`. Otherwise says why it is not one JSON object, and
  /// no more.
  [[nodiscard]] std::string read(simdjson::padded_string_view line, RecordBuilder& builder);

 private:
  using Value = simdjson::ondemand::value;

  simdjson::error_code read_object(simdjson::ondemand::document& document);
  simdjson::error_code read_member(std::string_view key, Value member);
  simdjson::error_code read_customer_id(Value member);
  simdjson::error_code read_list(std::string_view key, consent::Decision decision, Value member);
  simdjson::error_code read_list_item(std::string_view key, consent::Decision decision, Value item);
  void refuse_misspelt();
  void refuse_list(std::string_view key);
  simdjson::error_code read_consent(Value member);
  simdjson::error_code read_decision(std::string_view key, Value member);
  simdjson::error_code read_decided_at(Value member);

  enum Key : unsigned { customer_id = 1, allow = 2, deny = 4, consent_map = 8, decided_at = 16 };

  void note(unsigned& seen, unsigned bit, std::string_view key);

  simdjson::ondemand::parser parser_;
  RecordBuilder* builder_ = nullptr;
  unsigned keys_ = 0;        ///< the Keys seen
  unsigned categories_ = 0;  ///< the categories seen in "consent"
  /// Keys that are none, as they are shown, and which they may be.
  std::vector<std::pair<std::string, std::string_view>> misspelt_;
};

}  // namespace consent_sync::input
