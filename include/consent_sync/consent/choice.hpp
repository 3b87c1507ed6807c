#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include <consent_sync/consent/category.hpp>

namespace consent_sync::consent {

/// What a person decided about one category.
enum class Decision : std::uint8_t { unspecified, allow, deny };

/// For each category: allow, deny or unspecified. One byte, a regular value; no category is ever both.
class Choice {
 public:
  constexpr Choice() = default;

  /// Bit n of a mask stands for the category of value n. Nothing if a category is in both masks, or a mask
  /// has a bit beyond the four categories.
  static std::optional<Choice> from_masks(unsigned allow, unsigned deny);

  /// The inverse of code(); nothing for a byte that is no choice.
  static std::optional<Choice> from_code(unsigned code);

  /// The byte a database stores: the allow mask in the low four bits, the deny mask in the high four.
  constexpr std::uint8_t code() const { return code_; }
  constexpr unsigned allow_mask() const { return code_ & 0x0FU; }
  constexpr unsigned deny_mask() const { return code_ >> 4U; }

  Decision of(Category category) const;
  void set(Category category, Decision decision);

  /// Every category is decided.
  bool is_complete() const { return (allow_mask() | deny_mask()) == 0x0FU; }
  /// No category is decided.
  bool is_empty() const { return code_ == 0; }

  /// This choice, with what it leaves unspecified taken from `other`.
  Choice or_else(Choice other) const;

  /// This choice in the categories of a mask; unspecified in all others.
  Choice only(unsigned mask) const;
  /// The categories that are decided.
  constexpr unsigned decided_mask() const { return allow_mask() | deny_mask(); }

  /// `held` decides every category that this choice decides, and in the same way.
  bool is_satisfied_by(Choice held) const;

  friend constexpr auto operator<=>(Choice, Choice) = default;

 private:
  std::uint8_t code_ = 0;
};

/// The categories (bit n: the category of value n) in which going from `before` to `after` takes a consent
/// away, and those in which it grants one; see withdraws() and grants().
unsigned withdrawn_mask(std::optional<Choice> before, Choice after);
unsigned granted_mask(std::optional<Choice> before, Choice after);

/// Going from `before` to `after` takes a consent away: a category that `before` does not deny is denied.
/// With no known `before`, any denial counts: the store may hold an allow.
bool withdraws(std::optional<Choice> before, Choice after);

/// Going from `before` to `after` grants a consent: a category that `before` does not allow is allowed.
/// With no known `before`, any allow other than `essential` counts.
bool grants(std::optional<Choice> before, Choice after);

/// For people and reports: "essential=allow analytics=deny", unspecified categories left out; "" when empty.
std::string to_string(Choice choice);
/// The same, at the end of a text.
void append_to(std::string& text, Choice choice);

}  // namespace consent_sync::consent
