#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <consent_sync/sync/engine.hpp>

namespace consent_sync::app {

/// What the status line of a sending run shows.
struct SendingFacts {
  sync::Progress progress;
  std::uint64_t queued = 0;  ///< changes that this process set out to send, or customers to ask about
  std::chrono::milliseconds elapsed{0};  ///< since it began to send
  std::string_view noun = "changes";     ///< what is counted
};

/// One line, at most `width` columns: bar, changes, rate, time left, problems.
std::string progress_bar(const SendingFacts& facts, int width);

/// The same facts as a sentence for a log.
std::string progress_sentence(const SendingFacts& facts);

/// "5 h 33 m", "2 m 05 s", "12 s".
std::string show_time(std::chrono::milliseconds time);

/// "1,234,567".
std::string show_count(std::uint64_t count);

}  // namespace consent_sync::app
