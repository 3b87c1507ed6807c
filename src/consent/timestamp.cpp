#include <consent_sync/consent/timestamp.hpp>

#include <fmt/format.h>

namespace consent_sync::consent {
namespace {

using namespace std::chrono;

/// Takes text apart from the left; once something did not fit, stays failed.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const char c = take();
      if (c < '0' || c > '9') failed_ = true;
      value = value * 10 + (c - '0');
    }
    return failed_ ? 0 : value;
  }

  char one_of(std::string_view wanted) {
    const char c = take();
    if (wanted.find(c) == std::string_view::npos) failed_ = true;
    return c;
  }

  bool next_is(char c) const { return !rest_.empty() && rest_.front() == c; }

  microseconds fraction() {
    if (!next_is('.')) return microseconds{0};
    take();
    int value = 0;
    std::size_t count = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      const int digit = take() - '0';
      if (count < 6) value = value * 10 + digit;
      ++count;
    }
    if (count == 0) failed_ = true;
    for (; count < 6; ++count) value *= 10;
    return microseconds{value};
  }

  bool is_done() const { return !failed_ && rest_.empty(); }

 private:
  char take() {
    if (rest_.empty()) {
      failed_ = true;
      return '\0';
    }
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  std::string_view rest_;
  bool failed_ = false;
};

std::optional<minutes> scan_offset(Scanner& scan) {
  const char sign = scan.one_of("Zz+-");
  if (sign == 'Z' || sign == 'z') return minutes{0};
  const int hour = scan.digits(2);
  scan.one_of(":");
  const int minute = scan.digits(2);
  if (hour > 23 || minute > 59) return std::nullopt;
  const minutes offset = hours{hour} + minutes{minute};
  return sign == '-' ? -offset : offset;
}

}  // namespace

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
  Scanner scan(text);
  const year y{scan.digits(4)};
  scan.one_of("-");
  const month m{static_cast<unsigned>(scan.digits(2))};
  scan.one_of("-");
  const day d{static_cast<unsigned>(scan.digits(2))};
  scan.one_of("Tt ");
  const int hour = scan.digits(2);
  scan.one_of(":");
  const int minute = scan.digits(2);
  scan.one_of(":");
  const int second = scan.digits(2);
  const microseconds fraction = scan.fraction();
  const std::optional<minutes> offset = scan_offset(scan);
  const year_month_day date{y, m, d};
  if (!scan.is_done() || !offset || !date.ok() || hour > 23 || minute > 59 || second > 60)
    return std::nullopt;
  return Timestamp{sys_days{date}} + hours{hour} + minutes{minute} + seconds{second} + fraction - *offset;
}

std::string to_rfc3339(Timestamp time) {
  const auto day_start = floor<days>(time);
  const year_month_day date{day_start};
  const hh_mm_ss clock{time - day_start};
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", int(date.year()),
                                 unsigned(date.month()), unsigned(date.day()), clock.hours().count(),
                                 clock.minutes().count(), clock.seconds().count());
  if (clock.subseconds().count() != 0) text += fmt::format(".{:06}", clock.subseconds().count());
  return text + 'Z';
}

}  // namespace consent_sync::consent
