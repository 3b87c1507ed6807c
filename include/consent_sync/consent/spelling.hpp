#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace consent_sync::consent {

/// The candidate that the fewest insertions, deletions and replacements of characters make of `word`, and no
/// more than `most`; the first of those that are equally near, or an empty view.
std::string_view closest(std::string_view word, const std::vector<std::string_view>& candidates,
                         std::size_t most);

}  // namespace consent_sync::consent
