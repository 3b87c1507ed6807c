#pragma once

#include <consent_sync/consent/record.hpp>

namespace consent_sync::ledger {

// One number for a row and which of its customers is meant: of a row that speaks for one customer, its line.
// At most 40 bits.

inline constexpr unsigned line_bits = 34;
inline constexpr consent::LineNumber most_lines = (consent::LineNumber{1} << line_bits) - 1;

constexpr std::int64_t slot_of(consent::LineNumber line, consent::Account account) {
  return line | std::int64_t{account} << line_bits;
}
constexpr consent::LineNumber line_of(std::int64_t slot) {
  return slot & most_lines;
}
constexpr consent::Account account_of(std::int64_t slot) {
  return static_cast<consent::Account>(slot >> line_bits);
}

/// To sort by line first.
constexpr std::uint64_t in_line_order(std::int64_t slot) {
  return static_cast<std::uint64_t>(line_of(slot)) << 6U | account_of(slot);
}
static_assert(consent::most_accounts < (1U << 6U));

}  // namespace consent_sync::ledger
