#include <consent_sync/consent/category.hpp>

namespace consent_sync::consent {

std::string_view to_string(Category category) {
  switch (category) {
    case Category::essential:
      return "essential";
    case Category::functional:
      return "functional";
    case Category::analytics:
      return "analytics";
    case Category::targeting:
      return "targeting";
  }
  return "";
}

std::optional<Category> parse_category(std::string_view word) {
  // Each begins with a letter of its own.
  const auto if_it_is = [word](Category category) {
    return word == to_string(category) ? std::optional(category) : std::nullopt;
  };
  switch (word.empty() ? '\0' : word.front()) {
    case 'e':
      return if_it_is(Category::essential);
    case 'f':
      return if_it_is(Category::functional);
    case 'a':
      return if_it_is(Category::analytics);
    case 't':
      return if_it_is(Category::targeting);
    default:
      return std::nullopt;
  }
}

}  // namespace consent_sync::consent
