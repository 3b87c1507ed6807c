#include "column_names.hpp"

#include <algorithm>
#include <array>
#include <consent_sync/consent/spelling.hpp>

#include "record_builder.hpp"
#include "text.hpp"

namespace consent_sync::input {
namespace {

constexpr std::size_t remembered_keys = 32;

bool is_canonical_key(std::string_view key) {
  constexpr std::array<std::string_view, 5> keys{"customer_id", "allow", "deny", "consent", "decided_at"};
  return read_category(key) || std::any_of(keys.begin(), keys.end(), [key](std::string_view known) {
           return equals_ignoring_case(key, known);
         });
}

}  // namespace

// Two letters of a short word make another of it: "key" is no "deny", nor is "all" an "allow".
std::string_view meant_by(std::string_view name) {
  static const std::vector<std::string_view> shorter{"allow", "deny", "consent"};
  static const std::vector<std::string_view> longer{"essential", "functional", "analytics", "targeting"};
  constexpr std::size_t longest = 12;
  if (name.size() > longest || is_canonical_key(name)) return {};
  const std::string word = lower(name);
  if (word == "content" || word == "function") return {};
  if (word == "allowed") return "allow";
  if (word == "denied") return "deny";
  const std::string_view meant = consent::closest(word, shorter, 1);
  return meant.empty() ? consent::closest(word, longer, 2) : meant;
}

bool OtherKeys::include(std::string_view key) {
  for (const std::string& known : known_) {
    if (same_text(known, key)) return true;
  }
  if (is_canonical_key(key) || !meant_by(key).empty()) return false;
  if (known_.size() < remembered_keys) known_.emplace_back(key);
  return true;
}

}  // namespace consent_sync::input
