#pragma once

#include <chrono>
#include <consent_sync/consent/timestamp.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace consent_sync::input {

/// From 1995 to 2199. A count of seconds read as milliseconds, a default of 1970 or 0001 or 9999: no such
/// time is when somebody chose, and it would win or lose against every other row.
bool is_plausible(consent::Timestamp time);

/// Reads times that other platforms write, in the formats that a mapping names: rfc3339, epoch_s, epoch_ms,
/// epoch_us, js (JavaScript's Date text), tcf (when a TC string was last updated), or a pattern. In a pattern
/// %Y is a year of four digits; %m, %d, %H and %I take one or two digits; %M and %S two, %S also a fraction
/// after it; %b is an English month's name, short or long, %a a weekday's, which is not looked at; %p is AM
/// or PM; %z is Z, UTC, GMT, or an offset, also GMT+0100; a space is one or more; anything else is itself.
class TimeReader {
 public:
  /// Throws std::invalid_argument for a format that is none, for one that needs a zone and has none, and for
  /// a zone that is no offset.
  TimeReader(std::vector<std::string> formats, const std::string& zone);

  /// Sets `time` to that of a text that one of the formats reads, or several of them alike. Otherwise false,
  /// `problem` says why, and there is no time.
  bool read(std::string_view text, std::optional<consent::Timestamp>& time, std::string& problem) const;

 private:
  enum class Kind : std::uint8_t { rfc3339, epoch_s, epoch_ms, epoch_us, js, tcf, pattern };

  static Kind kind_of(std::string_view format);
  std::optional<consent::Timestamp> read_as(std::size_t index, std::string_view text) const;

  std::vector<std::string> formats_;
  std::vector<Kind> kinds_;
  std::optional<std::chrono::minutes> zone_;
};

}  // namespace consent_sync::input
