#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace consent_sync::app {

// Figures as people read them on a terminal.

/// "5 h 33 m", "2 m 05 s", "12 s".
std::string show_time(std::chrono::milliseconds time);

/// "1,234,567".
std::string show_count(std::uint64_t count);

}  // namespace consent_sync::app
