#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <consent_sync/sync/engine.hpp>

namespace consent_sync::app {

/// What is to be seen of a run while the store is busy with it.
struct SendingFacts {
  sync::Progress progress;
  std::uint64_t queued = 0;  ///< changes that this process set out to send, or customers to ask about
  std::chrono::milliseconds elapsed{0};  ///< since it began to send
  std::string_view noun = "changes";     ///< what is counted
  ledger::OutcomeCounts rows;  ///< of the run when it began to send; none: only what is queued is known
  bool burst = false;          ///< rate.shape
  /// Until the store's quota is refilled; nothing: not known.
  std::optional<std::chrono::milliseconds> next_window;
  std::optional<double> requests_per_second;  ///< of late
  std::optional<double> ended_per_second;     ///< over the last minute
};

/// How long the rest takes: at the pace that the quota allows, window by window, or at the measured one if
/// that is slower, and at least until rows that wait for their next try may have it. Nothing: there is no
/// telling.
std::optional<std::chrono::milliseconds> time_left(const SendingFacts& facts);

/// A view of several lines: a bar over the rows, changes, rate and quota, time left, problems by kind.
std::string progress_view(const SendingFacts& facts, bool unicode);

/// A bar and what it stands for, in one line: "reading  [####....]  50%  1,000 rows".
std::string bar_line(std::string_view label, double share, bool unicode, std::string_view text);

/// The same facts as a sentence for a log.
std::string progress_sentence(const SendingFacts& facts);

}  // namespace consent_sync::app
