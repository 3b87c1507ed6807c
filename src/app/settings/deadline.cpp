#include "deadline.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "../exit_code.hpp"
#include "values.hpp"

namespace consent_sync::app {
namespace {

using consent::Timestamp;
using std::chrono::days;
using std::chrono::seconds;

const Timestamp loaded_at = consent::now();

std::optional<int> two_digits(std::string_view text, int most) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number = error == std::errc() && end == text.data() + text.size() && text.front() != '-';
  if (text.size() != 2 || !is_number || value > most) return std::nullopt;
  return value;
}

/// "06:00", "23:59:30".
std::optional<seconds> parse_time_of_day(std::string_view text) {
  const bool has_seconds = text.size() == 8;
  if ((text.size() != 5 && !has_seconds) || text[2] != ':' || (has_seconds && text[5] != ':'))
    return std::nullopt;
  const auto hour = two_digits(text.substr(0, 2), 23);
  const auto minute = two_digits(text.substr(3, 2), 59);
  const auto second = has_seconds ? two_digits(text.substr(6, 2), 59) : 0;
  if (!hour || !minute || !second) return std::nullopt;
  return seconds(*hour * 3600 + *minute * 60 + *second);
}

/// When the offset changes between two instants at which it differs.
Timestamp change_between(Timestamp before, Timestamp after, const UtcOffset& offset) {
  const seconds offset_before = offset(before);
  while (after - before > seconds(1)) {
    const Timestamp middle = before + std::chrono::floor<seconds>((after - before) / 2);
    (offset(middle) == offset_before ? before : after) = middle;
  }
  return after;
}

/// The instants at which a local clock shows `local`, rising: one, or two where it is put back; where it is
/// put forward over it, that instant.
std::vector<Timestamp> instants_of(Timestamp local, const UtcOffset& offset) {
  const seconds day_before = offset(local - days(1));
  const seconds day_after = offset(local + days(1));
  const Timestamp earlier = local - std::max(day_before, day_after);
  const Timestamp later = local - std::min(day_before, day_after);
  std::vector<Timestamp> instants;
  if (earlier + offset(earlier) == local) instants.push_back(earlier);
  if (later != earlier && later + offset(later) == local) instants.push_back(later);
  if (instants.empty()) instants.push_back(change_between(earlier, later, offset));
  return instants;
}

Deadline at_deadline(const std::string& text, Timestamp started, const UtcOffset& offset) {
  const auto time_of_day = parse_time_of_day(text);
  const Timestamp at = time_of_day ? next_time_of_day(*time_of_day, started, offset)
                                   : consent::parse_rfc3339(text).value_or(started);
  if (at <= started) {
    throw Failure(ExitCode::usage, fmt::format("deadline: {} is past; nothing was sent", text));
  }
  const std::string utc = consent::to_rfc3339(std::chrono::floor<seconds>(at));
  return {at, time_of_day ? fmt::format("the deadline {} ({})", text, utc) : "the deadline " + utc};
}

Deadline at_end_of(std::chrono::milliseconds duration, Timestamp started) {
  const Timestamp at = started + duration;
  return {at, fmt::format("the end of max_duration {} ({})", show_duration(duration),
                          consent::to_rfc3339(std::chrono::floor<seconds>(at)))};
}

}  // namespace

seconds local_utc_offset(Timestamp at) {
  const std::time_t time = std::chrono::system_clock::to_time_t(at);
  std::tm local{};
  ::localtime_r(&time, &local);
  return seconds(local.tm_gmtoff);
}

Timestamp next_time_of_day(seconds time_of_day, Timestamp now, const UtcOffset& offset) {
  const Timestamp today = std::chrono::floor<days>(now + offset(now));
  // A clock that is put back over midnight shows the day before once more.
  for (days day{-1};; ++day) {
    for (const Timestamp instant : instants_of(today + day + time_of_day, offset)) {
      if (instant > now) return instant;
    }
  }
}

void check_deadline(std::string_view text) {
  if (parse_time_of_day(text) || consent::parse_rfc3339(text)) return;
  throw std::invalid_argument(
      "expected a time of day such as 06:00, or an instant such as 2026-11-24T06:00:00Z");
}

std::optional<Deadline> deadline_of(const Config& config, Timestamp started, const UtcOffset& offset) {
  std::optional<Deadline> deadline;
  if (!config.deadline.empty()) deadline = at_deadline(config.deadline, started, offset);
  if (config.max_duration) {
    Deadline end = at_end_of(*config.max_duration, started);
    if (!deadline || end.at < deadline->at) deadline = std::move(end);
  }
  return deadline;
}

Timestamp process_start() {
  return loaded_at;
}

}  // namespace consent_sync::app
