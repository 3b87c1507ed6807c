#pragma once

#include <string>
#include <string_view>

namespace consent_sync::report {

/// Beyond so many reasons, a problem is counted under "other reasons".
inline constexpr std::size_t most_reasons = 500;
/// Characters of a reason that a report keeps.
inline constexpr std::size_t longest_reason = 300;
inline constexpr std::string_view other_reasons = "other reasons";

/// The fault that a reason names, without what differs from row to row: line numbers and values in double
/// quotes become "…". The store's own words stay: they name it.
std::string general_reason(std::string_view reason);

}  // namespace consent_sync::report
