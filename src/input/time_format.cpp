#include "time_format.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <stdexcept>
#include <utility>

#include "tc_string.hpp"
#include "text.hpp"
#include "time_pattern.hpp"

namespace consent_sync::input {
namespace {

using namespace std::chrono;
using consent::Timestamp;

constexpr std::string_view js_pattern = "%a %b %d %Y %H:%M:%S %z";

constexpr Timestamp earliest{sys_days{year{1995} / 1 / 1}};
constexpr Timestamp latest{sys_days{year{2200} / 1 / 1}};

// `unit` microseconds each.
std::optional<Timestamp> read_epoch(std::string_view text, std::int64_t unit) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  constexpr std::int64_t most = 1'000'000'000'000'000'000;
  if (error != std::errc() || end != text.data() + text.size() || count < 0 || count > most / unit)
    return std::nullopt;
  return Timestamp{microseconds{count * unit}};
}

// "Mon Nov 24 2025 10:00:00 GMT+0100 (Central European Standard Time)".
std::optional<Timestamp> read_js(std::string_view text) {
  text = trim(text.substr(0, text.find('(')));
  return read_by_pattern(text, js_pattern, minutes{0});
}

std::optional<Timestamp> read_tcf(std::string_view text) {
  std::string problem;
  const std::optional<TcString> decoded = decode_tc_string(text, problem);
  if (!decoded) return std::nullopt;
  return decoded->last_updated;
}

bool is_pattern(const std::string& format) {
  return format.find('%') != std::string::npos;
}

}  // namespace

bool is_plausible(Timestamp time) {
  return time >= earliest && time < latest;
}

TimeReader::TimeReader(std::vector<std::string> formats, const std::string& zone)
    : formats_(std::move(formats)) {
  if (!zone.empty()) {
    zone_ = read_offset(zone);
    if (!zone_)
      throw std::invalid_argument(fmt::format("the zone {} is no offset such as +01:00 or UTC", zone));
  }
  for (const std::string& format : formats_) {
    kinds_.push_back(kind_of(format));
    if (kinds_.back() != Kind::pattern) continue;
    if (!is_pattern(format)) {
      throw std::invalid_argument(fmt::format(
          "{} is no format: it is one of rfc3339, epoch_s, epoch_ms, epoch_us, js, tcf, or a pattern such as "
          "%d/%m/%Y %H:%M:%S",
          shown(format)));
    }
    if (const std::string_view problem = problem_of_pattern(format); !problem.empty()) {
      throw std::invalid_argument(fmt::format("the format {}: {}", shown(format), problem));
    }
    if (!has_zone(format) && !zone_) {
      throw std::invalid_argument(
          fmt::format("the format {} has no %z: say in zone which offset it means", shown(format)));
    }
  }
}

bool TimeReader::read(std::string_view text, std::optional<Timestamp>& time, std::string& problem) const {
  time.reset();
  for (std::size_t i = 0; i < formats_.size(); ++i) {
    const std::optional<Timestamp> another = read_as(i, text);
    if (!another) continue;
    if (time && *time != *another) {
      problem = fmt::format("it is {}, which two of its formats read differently", shown(text));
      time.reset();
      return false;
    }
    time.emplace(*another);
  }
  if (!time) {
    problem =
        fmt::format("it is {}, and the mapping's formats are {}", shown(text), fmt::join(formats_, ", "));
  } else if (!is_plausible(*time)) {
    problem = fmt::format("it is {}, which reads as {}", shown(text), consent::to_rfc3339(*time));
    time.reset();
  }
  return time.has_value();
}

TimeReader::Kind TimeReader::kind_of(std::string_view format) {
  if (format == "rfc3339") return Kind::rfc3339;
  if (format == "epoch_s") return Kind::epoch_s;
  if (format == "epoch_ms") return Kind::epoch_ms;
  if (format == "epoch_us") return Kind::epoch_us;
  if (format == "js") return Kind::js;
  return format == "tcf" ? Kind::tcf : Kind::pattern;
}

std::optional<Timestamp> TimeReader::read_as(std::size_t index, std::string_view text) const {
  switch (kinds_[index]) {
    case Kind::rfc3339:
      return consent::parse_rfc3339(text);
    case Kind::epoch_s:
      return read_epoch(text, 1'000'000);
    case Kind::epoch_ms:
      return read_epoch(text, 1'000);
    case Kind::epoch_us:
      return read_epoch(text, 1);
    case Kind::js:
      return read_js(text);
    case Kind::tcf:
      return read_tcf(text);
    case Kind::pattern:
      break;
  }
  return read_by_pattern(text, formats_[index], zone_.value_or(minutes{0}));
}

}  // namespace consent_sync::input
