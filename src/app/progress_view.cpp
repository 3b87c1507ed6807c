#include "progress_view.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace consent_sync::app {
namespace {

using consent::OutcomeClass;

double rate_of(const SendingFacts& facts) {
  const double seconds = std::max(0.001, std::chrono::duration<double>(facts.elapsed).count());
  return static_cast<double>(facts.progress.ended.total()) / seconds;
}

// The pace that the quota allows is known from the first reply on; the measured one settles only later.
std::optional<std::chrono::milliseconds> time_left(const SendingFacts& facts) {
  const double measured = rate_of(facts);
  const double rate = facts.elapsed < std::chrono::seconds{10} && facts.progress.sustained_rate
                          ? *facts.progress.sustained_rate
                          : measured;
  if (rate <= 0.0) return std::nullopt;
  const std::uint64_t left = facts.queued - std::min(facts.queued, facts.progress.ended.total());
  return std::chrono::milliseconds{static_cast<std::int64_t>(static_cast<double>(left) / rate * 1000.0)};
}

std::string state_of(const sync::Progress& progress) {
  if (progress.stopping) return fmt::format("stopping, {} in flight", progress.in_flight);
  switch (progress.breaker) {
    case pace::Breaker::State::closed:
      return "";
    case pace::Breaker::State::open:
      return "store unavailable, pausing";
    case pace::Breaker::State::half_open:
      return "store unavailable, probing";
  }
  return "";
}

std::string facts_text(const SendingFacts& facts) {
  const std::uint64_t problems = facts.progress.ended.of_class(OutcomeClass::problem);
  std::string text = fmt::format("{} of {} {}, {:.1f}/s", show_count(facts.progress.ended.total()),
                                 show_count(facts.queued), facts.noun, rate_of(facts));
  if (const auto left = time_left(facts)) text += fmt::format(", {} left", show_time(*left));
  if (problems > 0) text += fmt::format(", {} problem{}", show_count(problems), problems == 1 ? "" : "s");
  if (const std::string state = state_of(facts.progress); !state.empty()) text += ", " + state;
  return text;
}

}  // namespace

std::string progress_bar(const SendingFacts& facts, int width) {
  constexpr int cells = 24;
  const double share = facts.queued == 0 ? 1.0
                                         : std::min(1.0, static_cast<double>(facts.progress.ended.total()) /
                                                             static_cast<double>(facts.queued));
  const auto full = static_cast<std::size_t>(share * cells);
  std::string line = fmt::format("[{}{}] {:3.0f}% {}", std::string(full, '#'), std::string(cells - full, '.'),
                                 share * 100.0, facts_text(facts));
  if (line.size() >= static_cast<std::size_t>(width))
    line.resize(static_cast<std::size_t>(std::max(1, width - 1)));
  return line;
}

std::string progress_sentence(const SendingFacts& facts) {
  const sync::Progress& progress = facts.progress;
  std::string text = fmt::format("{}; {} in flight, {} waiting to retry, {} to be recorded, {} throttled",
                                 facts_text(facts), progress.in_flight, progress.waiting_to_retry,
                                 progress.unrecorded, progress.traffic.throttled);
  if (progress.quota) {
    text += fmt::format("; quota {} in {}", *progress.quota, show_time(progress.traffic.window));
  }
  return text;
}

std::string show_time(std::chrono::milliseconds time) {
  const auto seconds = time.count() / 1000;
  if (seconds >= 3600) return fmt::format("{} h {:02} m", seconds / 3600, seconds / 60 % 60);
  if (seconds >= 60) return fmt::format("{} m {:02} s", seconds / 60, seconds % 60);
  return fmt::format("{} s", seconds);
}

std::string show_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

}  // namespace consent_sync::app
