#include "time_pattern.hpp"

#include <algorithm>
#include <array>

#include "text.hpp"

namespace consent_sync::input {
namespace {

using namespace std::chrono;

constexpr std::string_view known_directives = "YmdHIMSbapz%";
constexpr std::array<std::string_view, 12> months{"january",   "february", "march",    "april",
                                                  "may",       "june",     "july",     "august",
                                                  "september", "october",  "november", "december"};
constexpr std::array<std::string_view, 7> weekdays{"monday", "tuesday",  "wednesday", "thursday",
                                                   "friday", "saturday", "sunday"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// What a text told so far.
struct Parts {
  int year = -1;
  int month = -1;
  int day = -1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  microseconds fraction{0};
  int half = -1;  // of a clock of twelve hours: 0 AM, 1 PM
  bool twelve_hours = false;
  std::optional<minutes> offset;
};

/// Takes a text apart by the directives of a pattern.
class PatternScanner {
 public:
  explicit PatternScanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  const Parts& parts() const { return parts_; }

  bool literal(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool spaces() {
    const std::size_t count = std::min(rest_.find_first_not_of(' '), rest_.size());
    rest_.remove_prefix(count);
    return count > 0;
  }

  bool directive(char name) {
    switch (name) {
      case 'Y':
        return number(parts_.year, 4, 4);
      case 'm':
        return number(parts_.month, 1, 2);
      case 'd':
        return number(parts_.day, 1, 2);
      case 'H':
        return number(parts_.hour, 1, 2);
      case 'I':
        parts_.twelve_hours = true;
        return number(parts_.hour, 1, 2);
      case 'M':
        return number(parts_.minute, 2, 2);
      case 'S':
        return number(parts_.second, 2, 2) && fraction();
      case 'b':
        return word(months, parts_.month) && ++parts_.month > 0;
      case 'a': {
        int unused = 0;
        return word(weekdays, unused);
      }
      case 'p':
        return half();
      case 'z':
        return offset();
      default:
        return literal('%');
    }
  }

 private:
  bool number(int& value, std::size_t least, std::size_t most) {
    std::size_t count = 0;
    value = 0;
    for (; count < most && count < rest_.size() && is_digit(rest_[count]); ++count)
      value = value * 10 + (rest_[count] - '0');
    rest_.remove_prefix(count);
    return count >= least;
  }

  bool fraction() {
    if (rest_.size() < 2 || (rest_.front() != '.' && rest_.front() != ',') || !is_digit(rest_[1]))
      return true;
    rest_.remove_prefix(1);
    int micros = 0;
    for (std::size_t count = 0; count < 6; ++count) {
      const bool digit = !rest_.empty() && is_digit(rest_.front());
      micros = micros * 10 + (digit ? rest_.front() - '0' : 0);
      if (digit) rest_.remove_prefix(1);
    }
    while (!rest_.empty() && is_digit(rest_.front())) rest_.remove_prefix(1);
    parts_.fraction = microseconds{micros};
    return true;
  }

  std::string_view take_letters() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_letter);
    const std::string_view letters = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(letters.size());
    return letters;
  }

  // Whole, or its first three letters.
  template <std::size_t Count>
  bool word(const std::array<std::string_view, Count>& words, int& index) {
    const std::string_view letters = take_letters();
    const auto found = std::find_if(words.begin(), words.end(), [&](std::string_view known) {
      return equals_ignoring_case(letters, known) || equals_ignoring_case(letters, known.substr(0, 3));
    });
    index = static_cast<int>(found - words.begin());
    return found != words.end();
  }

  bool half() {
    const std::string_view letters = take_letters();
    if (equals_ignoring_case(letters, "am")) parts_.half = 0;
    if (equals_ignoring_case(letters, "pm")) parts_.half = 1;
    return parts_.half >= 0;
  }

  bool offset() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), [](char c) {
      return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == ':';
    });
    const std::string_view text = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    parts_.offset = read_offset(text);
    rest_.remove_prefix(text.size());
    return parts_.offset.has_value();
  }

  std::string_view rest_;
  Parts parts_;
};

bool scan(PatternScanner& scanner, std::string_view pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool fits = pattern[i] == '%'   ? scanner.directive(pattern[++i])
                      : pattern[i] == ' ' ? scanner.spaces()
                                          : scanner.literal(pattern[i]);
    if (!fits) return false;
  }
  return scanner.at_end();
}

}  // namespace

std::string_view problem_of_pattern(std::string_view pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') continue;
    if (++i == pattern.size() || known_directives.find(pattern[i]) == std::string_view::npos) {
      return "it has a % that no directive follows; they are %Y %m %d %H %I %M %S %b %a %p %z";
    }
  }
  const auto has = [pattern](std::string_view directive) {
    return pattern.find(directive) != std::string_view::npos;
  };
  if (!has("%Y") || !(has("%m") || has("%b")) || !has("%d")) return "it has no %Y, %m (or %b) and %d";
  if (has("%I") != has("%p")) return "%I and %p go together";
  return {};
}

bool has_zone(std::string_view pattern) {
  return pattern.find("%z") != std::string_view::npos;
}

std::optional<minutes> read_offset(std::string_view text) {
  if (text == "Z" || text == "UTC" || text == "GMT") return minutes{0};
  if (text.starts_with("GMT") || text.starts_with("UTC")) text.remove_prefix(3);
  if (text.size() == 6 && text[3] == ':') {
    return read_offset(std::string(text.substr(0, 3)) + std::string(text.substr(4)));
  }
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  if (!std::all_of(text.begin() + 1, text.end(), is_digit)) return std::nullopt;
  const int hour = (text[1] - '0') * 10 + (text[2] - '0');
  const int minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (hour > 14 || minute > 59) return std::nullopt;
  const minutes offset = hours{hour} + minutes{minute};
  return text[0] == '-' ? -offset : offset;
}

std::optional<consent::Timestamp> read_by_pattern(std::string_view text, std::string_view pattern,
                                                  minutes zone) {
  PatternScanner scanner(text);
  if (!scan(scanner, pattern)) return std::nullopt;
  Parts parts = scanner.parts();
  if (parts.twelve_hours) {
    if (parts.hour < 1 || parts.hour > 12) return std::nullopt;
    parts.hour = parts.hour % 12 + 12 * parts.half;
  }
  const year_month_day date{year{parts.year}, month{static_cast<unsigned>(parts.month)},
                            day{static_cast<unsigned>(parts.day)}};
  if (!date.ok() || parts.hour > 23 || parts.minute > 59 || parts.second > 60) return std::nullopt;
  return consent::Timestamp{sys_days{date}} + hours{parts.hour} + minutes{parts.minute} +
         seconds{parts.second} + parts.fraction - parts.offset.value_or(zone);
}

}  // namespace consent_sync::input
