#include "progress_view.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "figures.hpp"
#include "run/rows_so_far.hpp"

namespace consent_sync::app {
namespace {

using consent::Outcome;
using consent::OutcomeClass;
using Duration = std::chrono::milliseconds;

// The measured pace has settled after this long.
constexpr std::chrono::seconds settling{10};

Duration from_seconds(double count) {
  return Duration{static_cast<std::int64_t>(count * 1000.0)};
}

std::uint64_t queue_left(const SendingFacts& facts) {
  return facts.queued - std::min(facts.queued, facts.progress.ended.total());
}

// What is left of our share now, then whole windows, then a part of the last.
std::optional<Duration> time_by_bursts(const SendingFacts& facts, std::uint64_t left) {
  if (!facts.burst || !facts.progress.window || !facts.next_window) return std::nullopt;
  const pace::WindowUse& window = *facts.progress.window;
  if (window.budget <= 0) return std::nullopt;
  const auto share = static_cast<std::uint64_t>(window.budget);
  const std::uint64_t now =
      share - std::min(share, static_cast<std::uint64_t>(std::max<std::int64_t>(0, window.used)));
  if (left <= now) return Duration{0};
  const auto whole = static_cast<std::int64_t>((left - now - 1) / share);
  return *facts.next_window + whole * std::chrono::duration_cast<Duration>(window.length);
}

std::optional<Duration> time_by_quota(const SendingFacts& facts, std::uint64_t left) {
  if (const auto bursts = time_by_bursts(facts, left)) return bursts;
  if (!facts.progress.sustained_rate || *facts.progress.sustained_rate <= 0) return std::nullopt;
  return from_seconds(static_cast<double>(left) / *facts.progress.sustained_rate);
}

std::optional<Duration> time_by_measure(const SendingFacts& facts, std::uint64_t left) {
  if (!facts.ended_per_second || *facts.ended_per_second <= 0) return std::nullopt;
  return from_seconds(static_cast<double>(left) / *facts.ended_per_second);
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

std::string show_rate(std::optional<double> rate) {
  return rate ? fmt::format("{:.1f}", *rate) : "-";
}

std::string rate_text(const SendingFacts& facts) {
  const sync::Progress& progress = facts.progress;
  std::string text = show_rate(facts.requests_per_second);
  if (progress.sustained_rate) text += fmt::format(" of {:.1f}", *progress.sustained_rate);
  text += " requests/s";
  if (progress.quota) {
    text += fmt::format(", quota {} in {}", show_count(static_cast<std::uint64_t>(*progress.quota)),
                        show_time(progress.traffic.window));
  }
  if (progress.window && progress.window->budget > 0) {
    text += fmt::format(", {} of our {} used", progress.window->used, progress.window->budget);
  }
  if (facts.next_window) text += fmt::format(", next window in {}", show_time(*facts.next_window));
  return text;
}

std::string queue_text(const SendingFacts& facts) {
  const sync::Progress& progress = facts.progress;
  std::string text = fmt::format("{} of {}, {} in flight", show_count(progress.ended.total()),
                                 show_count(facts.queued), progress.in_flight);
  if (progress.waiting_to_retry > 0)
    text += fmt::format(", {} waiting to retry", show_count(progress.waiting_to_retry));
  if (progress.traffic.throttled > 0)
    text += fmt::format(", {} throttled", show_count(progress.traffic.throttled));
  return text;
}

std::string show_time_left(const SendingFacts& facts, Duration left) {
  constexpr std::chrono::seconds shortest{1};
  return queue_left(facts) != 0 && left < shortest ? "less than 1 s" : show_time(left);
}

/// The pace of all: see time_left.
std::optional<Duration> time_by_pace(const SendingFacts& facts, std::uint64_t left) {
  const auto by_quota = time_by_quota(facts, left);
  const auto by_measure = time_by_measure(facts, left);
  if (!by_quota) return by_measure;
  if (!by_measure || facts.elapsed < settling) return by_quota;
  return std::max(*by_quota, *by_measure);
}

std::string left_text(const SendingFacts& facts) {
  if (std::string state = state_of(facts.progress); !state.empty()) return state;
  const auto left = time_left(facts);
  return fmt::format("{}, {} so far", left ? show_time_left(facts, *left) : "not known yet",
                     show_time(facts.elapsed));
}

std::string problems_text(const ledger::OutcomeCounts& rows) {
  std::string text;
  for (const Outcome outcome : consent::all_outcomes) {
    if (rows[outcome] == 0 || classify(outcome) != OutcomeClass::problem) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", show_count(rows[outcome]), to_string(outcome));
  }
  return text.empty() ? "none" : text;
}

std::string head_line(const SendingFacts& facts, const ledger::OutcomeCounts& rows, bool unicode) {
  const std::uint64_t all = facts.rows.total() != 0 ? facts.rows.total() : facts.queued;
  const std::uint64_t done =
      facts.rows.total() != 0 ? all - rows[Outcome::pending] : facts.progress.ended.total();
  const double share = all == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(all);
  return bar_line(facts.rows.total() != 0 ? "rows" : facts.noun, share, unicode,
                  fmt::format("{} of {}", show_count(done), show_count(all)));
}

std::string labelled(std::string_view label, std::string_view text) {
  return fmt::format("{:<9} {}", label, text);
}

}  // namespace

std::optional<Duration> time_left(const SendingFacts& facts) {
  const std::optional<Duration> by_pace = time_by_pace(facts, queue_left(facts));
  if (!by_pace) return std::nullopt;
  return std::max(*by_pace, std::chrono::ceil<Duration>(facts.progress.last_retry_in));
}

std::string bar_line(std::string_view label, double share, bool unicode, std::string_view text) {
  constexpr int cells = 30;
  const double filled = std::clamp(share, 0.0, 1.0);
  const int full = static_cast<int>(filled * cells);
  std::string bar;
  for (int cell = 0; cell < cells; ++cell) {
    bar += unicode ? (cell < full ? "\u2588" : "\u2591") : (cell < full ? "#" : ".");
  }
  // Only what is whole is 100 %.
  return labelled(label, fmt::format("{}{}{} {:3.0f}%  {}", unicode ? "" : "[", bar, unicode ? "" : "]",
                                     std::floor(filled * 100.0), text));
}

std::string progress_view(const SendingFacts& facts, bool unicode) {
  const ledger::OutcomeCounts rows = rows_so_far(facts.rows, facts.progress.ended);
  std::string view = head_line(facts, rows, unicode) + '\n';
  if (facts.rows.total() != 0) view += labelled(facts.noun, queue_text(facts)) + '\n';
  view += labelled("rate", rate_text(facts)) + '\n';
  view += labelled("left", left_text(facts)) + '\n';
  view += labelled("problems", problems_text(rows));
  return view;
}

std::string progress_sentence(const SendingFacts& facts) {
  const sync::Progress& progress = facts.progress;
  std::string text = fmt::format("{} of {} {}, {}", show_count(progress.ended.total()),
                                 show_count(facts.queued), facts.noun, rate_text(facts));
  const std::string state = state_of(progress);
  const auto left = time_left(facts);
  if (!state.empty()) {
    text += ", " + state;
  } else if (left) {
    text += fmt::format(", {} left", show_time_left(facts, *left));
  }
  return text +
         fmt::format("; {} in flight, {} waiting to retry, {} to be recorded, {} throttled; problems: {}",
                     progress.in_flight, progress.waiting_to_retry, progress.unrecorded,
                     progress.traffic.throttled, problems_text(rows_so_far(facts.rows, progress.ended)));
}

}  // namespace consent_sync::app
