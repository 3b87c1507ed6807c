#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace consent_sync::consent {

/// A point in civil time (UTC), to the microsecond.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// What the system's clock says. Decisions do not ask it: they are told the time.
Timestamp now();

/// Reads an RFC 3339 date-time ("2026-11-24T05:00:00Z", "...+01:00", fractions of a second; "T" may be a
/// space). An offset is required: a local time cannot be compared. Digits beyond the microsecond are dropped;
/// a leap second (":60") reads as the next second. Nothing for anything else.
std::optional<Timestamp> parse_rfc3339(std::string_view text);

/// "2026-11-24T05:00:00Z", with ".ffffff" only when there is a fraction.
std::string to_rfc3339(Timestamp time);
/// The same, at the end of a text.
void append_rfc3339(std::string& text, Timestamp time);

}  // namespace consent_sync::consent
