#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace consent_sync::sandbox {

enum class FaultKind : std::uint8_t {
  status,             ///< an error reply with Fault::status; only 504 applies the request first
  throttle,           ///< 429 with the rate headers
  throttle_bare,      ///< 429 without them
  html_502,           ///< a proxy's HTML page
  reset,              ///< TCP RST before anything is applied
  reset_after_apply,  ///< TCP RST after applying
  fin_after_apply,    ///< TCP FIN without close_notify after applying
  stall,              ///< silence for Fault::duration, nothing applied
  stall_after_apply,  ///< silence for Fault::duration after applying
  truncate,           ///< applied; half of the body, then FIN without close_notify
  bad_json,           ///< applied; 200 with a body that is no JSON
  wrong_echo,         ///< the store comes to hold something else than asked, and says so
  close,              ///< "Connection: close" on the reply
  idle_close,         ///< closes after the reply without having announced it
  slow,               ///< Fault::duration passes before the request is handled
  drain,              ///< other apps take Fault::units of the quota window
  revoke,             ///< the tokens are refused from this request on
};

/// Whole numbers from first to last, both included.
struct NumberRange {
  std::int64_t first = 0;
  std::int64_t last = 0;

  bool contains(std::int64_t number) const { return first <= number && number <= last; }
};

/// What goes wrong, and when. All the conditions that are given must hold; with none it strikes every
/// request.
struct Fault {
  FaultKind kind = FaultKind::status;
  int status = 0;                         ///< of FaultKind::status
  std::chrono::milliseconds duration{0};  ///< of stall, stall_after_apply and slow
  std::int64_t units = 0;                 ///< of drain
  std::optional<NumberRange>
      requests;  ///< counted from 1: all requests, or with `customers` those for one customer
  std::optional<double> probability;     ///< from 0 to 1
  std::optional<NumberRange> customers;  ///< only requests for one of these customers' consent
};

/// What may follow a fault's name.
enum class FaultArgument : std::uint8_t { none, duration, optional_duration, count };

/// One line of the list of faults, as a help text prints it.
struct FaultInfo {
  std::string_view name;
  FaultKind kind;
  int status;  ///< of FaultKind::status, else 0
  FaultArgument argument;
  std::string_view description;
};

std::span<const FaultInfo> fault_table();

/// The name in fault_table() of such a fault: "500", "reset-after-apply".
std::string_view name_of(const Fault& fault);

/// How a fault is written, for a help text: two or three short lines.
std::string_view fault_grammar();

/// Reads NAME[:ARGUMENT][@WHEN][#CUSTOMERS]: "500@5", "503@10-20", "reset-after-apply@0.01", "stall:2s@3",
/// "404#17", "500@1-2#20" (the first two requests for customer 20). WHEN with a decimal point is a
/// probability. Throws std::invalid_argument with a sentence that says what is wrong, and the known names if
/// the name is.
Fault parse_fault(std::string_view text);

}  // namespace consent_sync::sandbox
