#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <consent_sync/consent/timestamp.hpp>

#include "config.hpp"

namespace consent_sync::app {

/// When a run has to be over.
struct Deadline {
  consent::Timestamp at;
  std::string name;  ///< for sentences: "the deadline 06:00 (2026-11-24T05:00:00Z)"
};

/// How far local time is ahead of UTC at an instant.
using UtcOffset = std::function<std::chrono::seconds(consent::Timestamp)>;

/// As the system's time zone has it ($TZ).
std::chrono::seconds local_utc_offset(consent::Timestamp at);

/// The first instant after `now` at which a local clock comes to show `time_of_day`. A time that the clock is
/// put forward over is when that happens; one that it shows twice comes twice.
consent::Timestamp next_time_of_day(std::chrono::seconds time_of_day, consent::Timestamp now,
                                    const UtcOffset& offset);

/// Throws std::invalid_argument unless the text is a value of the setting `deadline`: a time of day (06:00,
/// 23:59:30) or an instant (RFC 3339).
void check_deadline(std::string_view text);

/// The earlier of `deadline` and `max_duration`, of a process that began at `started`; nothing when neither
/// is set. Throws Failure (usage) for an instant that was past by then.
std::optional<Deadline> deadline_of(const Config& config, consent::Timestamp started,
                                    const UtcOffset& offset);

/// When this process began.
consent::Timestamp process_start();

}  // namespace consent_sync::app
