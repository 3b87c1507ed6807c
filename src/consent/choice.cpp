#include <consent_sync/consent/choice.hpp>

namespace consent_sync::consent {
namespace {

constexpr unsigned every_category = 0x0F;
constexpr unsigned essential_bit = 1U << static_cast<unsigned>(Category::essential);

constexpr unsigned bit(Category category) {
  return 1U << static_cast<unsigned>(category);
}

}  // namespace

std::optional<Choice> Choice::from_masks(unsigned allow, unsigned deny) {
  if ((allow & deny) != 0 || allow > every_category || deny > every_category) return std::nullopt;
  Choice choice;
  choice.code_ = static_cast<std::uint8_t>(allow | (deny << 4U));
  return choice;
}

std::optional<Choice> Choice::from_code(unsigned code) {
  return from_masks(code & every_category, code >> 4U);
}

Decision Choice::of(Category category) const {
  if ((allow_mask() & bit(category)) != 0) return Decision::allow;
  if ((deny_mask() & bit(category)) != 0) return Decision::deny;
  return Decision::unspecified;
}

void Choice::set(Category category, Decision decision) {
  unsigned allow = allow_mask() & ~bit(category);
  unsigned deny = deny_mask() & ~bit(category);
  if (decision == Decision::allow) allow |= bit(category);
  if (decision == Decision::deny) deny |= bit(category);
  code_ = static_cast<std::uint8_t>(allow | (deny << 4U));
}

Choice Choice::or_else(Choice other) const {
  const Choice rest = other.only(every_category & ~decided_mask());
  Choice merged;
  merged.code_ = static_cast<std::uint8_t>(code_ | rest.code_);
  return merged;
}

Choice Choice::only(unsigned mask) const {
  Choice part;
  part.code_ = static_cast<std::uint8_t>((allow_mask() & mask) | ((deny_mask() & mask) << 4U));
  return part;
}

bool Choice::is_satisfied_by(Choice held) const {
  return (allow_mask() & ~held.allow_mask()) == 0 && (deny_mask() & ~held.deny_mask()) == 0;
}

unsigned withdrawn_mask(std::optional<Choice> before, Choice after) {
  const unsigned denied_before = before ? before->deny_mask() : 0;
  return after.deny_mask() & ~denied_before;
}

unsigned granted_mask(std::optional<Choice> before, Choice after) {
  const unsigned allowed_before = before ? before->allow_mask() : essential_bit;
  return after.allow_mask() & ~allowed_before;
}

bool withdraws(std::optional<Choice> before, Choice after) {
  return withdrawn_mask(before, after) != 0;
}

bool grants(std::optional<Choice> before, Choice after) {
  return granted_mask(before, after) != 0;
}

void append_to(std::string& text, Choice choice) {
  bool is_first = true;
  for (const Category category : all_categories) {
    const Decision decision = choice.of(category);
    if (decision == Decision::unspecified) continue;
    if (!is_first) text += ' ';
    is_first = false;
    text += to_string(category);
    text += decision == Decision::allow ? "=allow" : "=deny";
  }
}

std::string to_string(Choice choice) {
  std::string text;
  append_to(text, choice);
  return text;
}

}  // namespace consent_sync::consent
