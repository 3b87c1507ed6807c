#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace consent_sync::input {

/// Finds in a JSON document what it has for its store.
class StoreMember {
 public:
  /// `column`: a member's name, or a JSON Pointer.
  explicit StoreMember(const std::string& column);

  /// See Row::store. Nothing where the document is no JSON object, or has a key on the way twice. Beyond the
  /// document 64 bytes may be read.
  std::optional<std::string> in(std::string_view document);

 private:
  struct Step {
    std::string key;
    std::string pointer;  ///< to it, from where the step begins
  };

  std::optional<std::string> in_repaired(std::string_view document);
  std::optional<std::string> text_in(simdjson::dom::element document) const;

  std::vector<Step> path_;
  simdjson::dom::parser parser_;
};

}  // namespace consent_sync::input
