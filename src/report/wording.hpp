#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <consent_sync/consent/timestamp.hpp>

namespace consent_sync::report {

/// "4,812".
std::string number(std::uint64_t value);

/// "1 row", "4,812 rows".
std::string count_of(std::uint64_t count, std::string_view one, std::string_view many);

/// "12 %", "0.34 %".
std::string percent(double share);

/// "0.8 s", "4 min 12 s", "2 h 5 min".
std::string duration_words(std::chrono::microseconds duration);

/// "0.4 ms", "112 ms".
std::string latency_words(std::chrono::microseconds latency);

/// "2026-11-24 05:00:00 UTC": seconds are enough for people.
std::string time_words(consent::Timestamp time);

/// "812 bytes", "1.2 MB".
std::string size_words(std::uint64_t bytes);

/// The text as a sentence: a capital at its start unless that is a name ("store.hash"), a full stop at its
/// end unless it has its own; "" stays "".
std::string sentence(std::string_view text);

}  // namespace consent_sync::report
