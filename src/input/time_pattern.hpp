#pragma once

#include <chrono>
#include <consent_sync/consent/timestamp.hpp>
#include <optional>
#include <string_view>

namespace consent_sync::input {

/// Why this is no pattern of TimeReader; "" if it is one.
std::string_view problem_of_pattern(std::string_view pattern);

bool has_zone(std::string_view pattern);

/// "Z", "UTC", "GMT", "+01:00", "-0730", "GMT+0100": how far it is ahead of UTC.
std::optional<std::chrono::minutes> read_offset(std::string_view text);

/// A text as the whole pattern has it. `zone` is that of a pattern without one.
std::optional<consent::Timestamp> read_by_pattern(std::string_view text, std::string_view pattern,
                                                  std::chrono::minutes zone);

}  // namespace consent_sync::input
