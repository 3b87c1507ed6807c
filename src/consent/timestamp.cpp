#include <consent_sync/consent/timestamp.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace consent_sync::consent {
namespace {

using namespace std::chrono;

/// What stands for a number that is none. More than any part of a date can be.
constexpr int no_number = 100'000;

/// The two digits there.
constexpr int two_digits(const char* at) {
  const int tens = at[0] - '0';
  const int ones = at[1] - '0';
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? no_number : tens * 10 + ones;
}

/// Takes ".123" from the start; digits beyond the microsecond are dropped. Nothing for a point without
/// digits.
std::optional<microseconds> take_fraction(std::string_view& rest) {
  if (rest.empty() || rest.front() != '.') return microseconds{0};
  int value = 0;
  std::size_t count = 0;
  for (rest.remove_prefix(1); !rest.empty() && rest.front() >= '0' && rest.front() <= '9';
       rest.remove_prefix(1)) {
    if (count++ < 6) value = value * 10 + (rest.front() - '0');
  }
  if (count == 0) return std::nullopt;
  for (; count < 6; ++count) value *= 10;
  return microseconds{value};
}

/// "Z" or "+01:00".
std::optional<minutes> read_offset(std::string_view text) {
  if (text == "Z" || text == "z") return minutes{0};
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const int hour = two_digits(&text[1]);
  const int minute = two_digits(&text[4]);
  if (hour > 23 || minute > 59) return std::nullopt;
  const minutes offset = hours{hour} + minutes{minute};
  return text[0] == '-' ? -offset : offset;
}

constexpr std::size_t seconds_end = 19;  // of "2026-11-24T05:00:00"

bool has_shape(std::string_view text) {
  return text.size() > seconds_end && text[4] == '-' && text[7] == '-' &&
         (text[10] == 'T' || text[10] == 't' || text[10] == ' ') && text[13] == ':' && text[16] == ':';
}

}  // namespace

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
  if (!has_shape(text)) return std::nullopt;
  const int century = two_digits(&text[0]);
  const int year_of_century = two_digits(&text[2]);
  const int hour = two_digits(&text[11]);
  const int minute = two_digits(&text[14]);
  const int second = two_digits(&text[17]);
  if (century == no_number || year_of_century == no_number || hour > 23 || minute > 59 || second > 60)
    return std::nullopt;
  const year_month_day date{year{century * 100 + year_of_century},
                            month{static_cast<unsigned>(std::min(two_digits(&text[5]), 99))},
                            day{static_cast<unsigned>(std::min(two_digits(&text[8]), 99))}};
  std::string_view rest = text.substr(seconds_end);
  const std::optional<microseconds> fraction = take_fraction(rest);
  const std::optional<minutes> offset = read_offset(rest);
  if (!date.ok() || !fraction || !offset) return std::nullopt;
  return Timestamp{sys_days{date}} + hours{hour} + minutes{minute} + seconds{second} + *fraction - *offset;
}

Timestamp now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

// Digit by digit: it is written several times for each row, and a formatter takes ten times as long.
void append_rfc3339(std::string& text, Timestamp time) {
  const auto day_start = floor<days>(time);
  const year_month_day date{day_start};
  const hh_mm_ss clock{time - day_start};
  const int year = static_cast<int>(date.year());
  const std::size_t begin = text.size();
  text += "0000-00-00T00:00:00.000000Z";
  const auto write = [&text, begin](std::size_t end, std::size_t digits, auto number) {
    for (; digits > 0; --digits, number /= 10) text[begin + --end] = static_cast<char>('0' + number % 10);
  };
  write(7, 2, static_cast<unsigned>(date.month()));
  write(10, 2, static_cast<unsigned>(date.day()));
  write(13, 2, clock.hours().count());
  write(16, 2, clock.minutes().count());
  write(seconds_end, 2, clock.seconds().count());
  write(seconds_end + 7, 6, clock.subseconds().count());
  if (clock.subseconds().count() == 0) text.erase(begin + seconds_end, 7);
  if (year >= 0 && year <= 9999) {
    write(4, 4, year);
  } else {
    text.replace(begin, 4, fmt::format("{:04}", year));
  }
}

std::string to_rfc3339(Timestamp time) {
  std::string text;
  append_rfc3339(text, time);
  return text;
}

}  // namespace consent_sync::consent
