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
  for (const Category category : all_categories) {
    if (word == to_string(category)) return category;
  }
  return std::nullopt;
}

}  // namespace consent_sync::consent
