#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace consent_sync::input {

/// Finds a member in what should be a JSON document and is not: bytes in it that are no text, broken, cut
/// off. A JSON text has its structure in ASCII, and what stands before the damage is as it was meant.
class MemberScan {
 public:
  /// `name`: the member's, or a JSON Pointer.
  explicit MemberScan(const std::string& name);

  /// Its value, a number or a string that is there whole and has no escapes in it; the first, if the member
  /// is there twice. Where it does not stand in its place, it is the one of its name, unless such differ.
  std::optional<std::string_view> value_in(std::string_view document);

 private:
  std::optional<std::string_view> value_in_place(std::string_view document);
  std::optional<std::string_view> value_anywhere(std::string_view document) const;
  bool is_in_place(std::string_view key) const;

  std::vector<std::string> path_;             ///< in lower case
  std::vector<std::string_view> containers_;  ///< that are open: the key of each, "" if it has none
};

}  // namespace consent_sync::input
