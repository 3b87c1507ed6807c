#include <consent_sync/sandbox/fault.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace consent_sync::sandbox {
namespace {

using std::chrono::milliseconds;

constexpr std::array table{
    FaultInfo{"500", FaultKind::status, 500, FaultArgument::none, "internal error; nothing is applied"},
    FaultInfo{"502", FaultKind::status, 502, FaultArgument::none, "bad gateway; nothing is applied"},
    FaultInfo{"503", FaultKind::status, 503, FaultArgument::none, "maintenance; nothing is applied"},
    FaultInfo{"504", FaultKind::status, 504, FaultArgument::none,
              "gateway timeout; the store has applied it"},
    FaultInfo{"409", FaultKind::status, 409, FaultArgument::none, "conflict; nothing is applied"},
    FaultInfo{"423", FaultKind::status, 423, FaultArgument::none, "locked; nothing is applied"},
    FaultInfo{"401", FaultKind::status, 401, FaultArgument::none, "the token is refused, this once"},
    FaultInfo{"403", FaultKind::status, 403, FaultArgument::none, "the scope is refused, this once"},
    FaultInfo{"404", FaultKind::status, 404, FaultArgument::none, "no such customer"},
    FaultInfo{"413", FaultKind::status, 413, FaultArgument::none, "a list is too long for the store"},
    FaultInfo{"422", FaultKind::status, 422, FaultArgument::none, "the store refuses the data"},
    FaultInfo{"429", FaultKind::throttle, 0, FaultArgument::none,
              "other apps spend the rest of the window: 429 with rate headers (bare without a quota)"},
    FaultInfo{"429-bare", FaultKind::throttle_bare, 0, FaultArgument::none,
              "overload: 429 without rate headers"},
    FaultInfo{"html-502", FaultKind::html_502, 0, FaultArgument::none,
              "a proxy's HTML page with status 502, without rate headers; nothing is applied"},
    FaultInfo{"reset", FaultKind::reset, 0, FaultArgument::none,
              "TCP reset instead of a reply; nothing is applied"},
    FaultInfo{"reset-after-apply", FaultKind::reset_after_apply, 0, FaultArgument::none,
              "applied, then TCP reset instead of a reply"},
    FaultInfo{"fin-after-apply", FaultKind::fin_after_apply, 0, FaultArgument::none,
              "applied, then closed without TLS close_notify instead of a reply"},
    FaultInfo{"stall", FaultKind::stall, 0, FaultArgument::optional_duration,
              "no reply, then closed after the time (60s); nothing is applied"},
    FaultInfo{"stall-after-apply", FaultKind::stall_after_apply, 0, FaultArgument::optional_duration,
              "applied, no reply, then closed after the time (60s)"},
    FaultInfo{"truncate", FaultKind::truncate, 0, FaultArgument::none,
              "applied, then closed in the middle of the reply's body"},
    FaultInfo{"bad-json", FaultKind::bad_json, 0, FaultArgument::none,
              "applied; 200 with a body that is no JSON"},
    FaultInfo{"wrong-echo", FaultKind::wrong_echo, 0, FaultArgument::none,
              "200, but the store holds and echoes something else than asked (PUT only)"},
    FaultInfo{"close", FaultKind::close, 0, FaultArgument::none, "Connection: close on the reply"},
    FaultInfo{"idle-close", FaultKind::idle_close, 0, FaultArgument::none,
              "the connection is closed after the reply without having said so"},
    FaultInfo{"slow", FaultKind::slow, 0, FaultArgument::duration,
              "the time passes before the request is handled, even if the client gives up"},
    FaultInfo{"drain", FaultKind::drain, 0, FaultArgument::count,
              "other apps take that many units of the quota window"},
    FaultInfo{"revoke", FaultKind::revoke, 0, FaultArgument::none,
              "every token is refused from this request on"},
};

constexpr milliseconds default_stall{60000};

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  throw std::invalid_argument(fmt::format("The fault '{}' cannot be read: {}.", text, why));
}

std::optional<std::int64_t> parse_count(std::string_view digits) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < 1) return std::nullopt;
  return value;
}

std::optional<milliseconds> parse_duration(std::string_view text) {
  const auto unit_at = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = parse_count(text.substr(0, unit_at));
  const auto unit = text.substr(unit_at);
  if (!count || *count > 86400000) return std::nullopt;
  if (unit == "ms") return milliseconds(*count);
  if (unit == "s") return std::chrono::seconds(*count);
  if (unit == "m") return std::chrono::minutes(*count);
  return std::nullopt;
}

std::optional<NumberRange> parse_range(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = parse_count(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_count(text.substr(dash + 1));
  if (!first || !last || *last < *first) return std::nullopt;
  return NumberRange{*first, *last};
}

std::optional<double> parse_probability(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= 0 && value <= 1))
    return std::nullopt;
  return value;
}

const FaultInfo& find_info(std::string_view text, std::string_view name) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const auto& info) { return info.name == name; });
  if (found != table.end()) return *found;
  std::array<std::string_view, table.size()> names;
  std::transform(table.begin(), table.end(), names.begin(), [](const auto& info) { return info.name; });
  refuse(text, fmt::format("'{}' is no fault; the faults are {}", name, fmt::join(names, ", ")));
}

void read_argument(std::string_view text, const FaultInfo& info, std::optional<std::string_view> argument,
                   Fault& fault) {
  switch (info.argument) {
    case FaultArgument::none:
      if (argument) refuse(text, fmt::format("'{}' takes nothing after a colon", info.name));
      return;
    case FaultArgument::count: {
      const auto count = argument ? parse_count(*argument) : std::nullopt;
      if (!count) refuse(text, fmt::format("'{0}' needs a number from 1, as in '{0}:20'", info.name));
      fault.units = *count;
      return;
    }
    case FaultArgument::duration:
    case FaultArgument::optional_duration: {
      if (!argument && info.argument == FaultArgument::optional_duration) {
        fault.duration = default_stall;
        return;
      }
      const auto duration = argument ? parse_duration(*argument) : std::nullopt;
      if (!duration)
        refuse(text, fmt::format("'{0}' needs a time in ms, s or m, as in '{0}:500ms'", info.name));
      fault.duration = *duration;
      return;
    }
  }
}

void read_when(std::string_view text, std::string_view when, Fault& fault) {
  if (when.find('.') != std::string_view::npos) {
    fault.probability = parse_probability(when);
    if (!fault.probability) refuse(text, fmt::format("'{}' is no probability from 0.0 to 1.0", when));
    return;
  }
  fault.requests = parse_range(when);
  if (!fault.requests) {
    refuse(text, fmt::format("'{}' is no request number, range of them (10-20) or probability (0.01)", when));
  }
}

/// Cuts what follows the last separator off `text`.
std::optional<std::string_view> cut_after(std::string_view& text, char separator) {
  const auto at = text.rfind(separator);
  if (at == std::string_view::npos) return std::nullopt;
  const auto tail = text.substr(at + 1);
  text = text.substr(0, at);
  return tail;
}

}  // namespace

std::span<const FaultInfo> fault_table() {
  return table;
}

std::string_view name_of(const Fault& fault) {
  return std::find_if(
             table.begin(), table.end(),
             [&](const auto& info) { return info.kind == fault.kind && info.status == fault.status; })
      ->name;
}

std::string_view fault_grammar() {
  return "NAME[:ARGUMENT][@WHEN][#CUSTOMERS], as in 500@5, 503@10-20, reset@0.01, stall:2s@3, 404#17, "
         "500@1-2#20.\n"
         "WHEN is a request number, a range of them or (with a decimal point) a probability; with #CUSTOMERS "
         "the\n"
         "numbers count the requests for each such customer. Without WHEN the fault strikes every time.";
}

Fault parse_fault(std::string_view text) {
  auto rest = text;
  const auto customers = cut_after(rest, '#');
  const auto when = cut_after(rest, '@');
  const auto argument = cut_after(rest, ':');
  const auto& info = find_info(text, rest);

  Fault fault;
  fault.kind = info.kind;
  fault.status = info.status;
  read_argument(text, info, argument, fault);
  if (when) read_when(text, *when, fault);
  if (customers) {
    fault.customers = parse_range(*customers);
    if (!fault.customers)
      refuse(text, fmt::format("'{}' is no customer id or range of them (100-120)", *customers));
  }
  return fault;
}

}  // namespace consent_sync::sandbox
