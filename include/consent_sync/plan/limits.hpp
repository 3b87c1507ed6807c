#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace consent_sync::plan {

/// A plan in numbers.
struct PlanTotals {
  std::uint64_t rows = 0;         ///< all rows read
  std::uint64_t invalid = 0;      ///< rows not understood
  std::uint64_t customers = 0;    ///< customers with at least one understood row
  std::uint64_t by_order = 0;     ///< of these: whose last row counts, as none of several says when
  std::uint64_t unchanged = 0;    ///< rows that are so already
  std::uint64_t superseded = 0;   ///< rows that another row of their customer replaces
  std::uint64_t conflicts = 0;    ///< rows among which no choice may be made
  std::uint64_t changes = 0;      ///< changes that would be sent, one for a customer
  std::uint64_t not_found = 0;    ///< rows of customers that the store said it has not
  std::uint64_t held_back = 0;    ///< rows that policy.direction holds back
  std::uint64_t withdrawals = 0;  ///< changes that take at least one consent away
  std::uint64_t grants = 0;       ///< changes that grant at least one
};

/// What a plan may not exceed without somebody's word (settings `safety.*`). Absent: no limit. Reaching a
/// limit is allowed.
struct Limits {
  std::optional<std::uint64_t> max_changes;
  std::optional<double> max_change_ratio;  ///< changes of customers, 0 to 1
  std::optional<std::uint64_t> max_withdrawals;
  std::optional<std::uint64_t> max_grants;
  std::optional<double> max_invalid_ratio;  ///< invalid of all rows, 0 to 1
  std::uint64_t min_rows = 0;               ///< fewer rows are taken for a cut input
};

/// Why the plan must not be sent: every limit it exceeds, with its setting, the value found and the flag that
/// would let it pass, behind those in `for_this` ("--only-store abc"; "": none is needed), which keep it from
/// other plans. Nothing if it keeps within all of them.
std::optional<std::string> exceeded(const PlanTotals& totals, const Limits& limits,
                                    std::string_view for_this = "");

}  // namespace consent_sync::plan
