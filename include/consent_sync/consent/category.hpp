#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace consent_sync::consent {

/// The cookie categories of BigCommerce's customer consent (Customers V3, "Consent").
enum class Category : std::uint8_t { essential, functional, analytics, targeting };

inline constexpr std::array all_categories{Category::essential, Category::functional, Category::analytics,
                                           Category::targeting};

/// The API's own word for a category: "essential", "functional", "analytics" or "targeting".
std::string_view to_string(Category category);

/// The inverse of to_string. Exact and case-sensitive; nothing for any other word.
std::optional<Category> parse_category(std::string_view word);

}  // namespace consent_sync::consent
