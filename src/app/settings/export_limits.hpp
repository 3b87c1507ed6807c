#pragma once

#include <array>
#include <string_view>

#include "config.hpp"

namespace consent_sync::app {

/// The settings that find a truncated or a swapped export. Where no export is read, and all rows are to
/// change, they fit nothing.
inline constexpr std::array<std::string_view, 3> export_limits{"safety.min_rows", "safety.max_change_ratio",
                                                               "safety.max_invalid_ratio"};

void lift_export_limits(Config& config);

}  // namespace consent_sync::app
