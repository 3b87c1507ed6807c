#pragma once

#include <cstdint>
#include <limits>

#include <consent_sync/ledger/rows.hpp>

#include "../address_digest.hpp"
#include "../slot.hpp"

namespace consent_sync::ledger {

/// An entry has room for the part's number.
bool fits_an_entry(consent::Part part);

/// A row whose customer is known, as it is sorted by customer.
struct CustomerEntry {
  std::int64_t customer;
  std::int64_t decided_at;  ///< microseconds since 1970; never: not told
  std::uint64_t
      rest;  ///< from the low end: the choice's byte (8 bits; none: invalid), the part (16), the slot (40)

  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();

  static CustomerEntry of(consent::CustomerId customer, const StagedRow& row);
  std::uint64_t key() const { return static_cast<std::uint64_t>(customer); }
  CustomerRows::Row row() const;
};

/// A row that is known by an e-mail address, as it is sorted by that.
struct AddressEntry {
  std::uint64_t high, low;  ///< the address's digest
  std::uint64_t position;   ///< of the row in the log of rows
  std::int64_t decided_at;  ///< as in CustomerEntry, like the rest
  std::uint64_t rest;

  static AddressEntry of(const AddressDigest& address, std::uint64_t position, const StagedRow& row);
  std::uint64_t key() const { return high; }
  AddressDigest digest() const;
  CustomerEntry owned_by(consent::CustomerId customer, consent::Account account) const;
  consent::LineNumber line() const;
  bool is_invalid() const;
};

/// One of the customers that a row speaks for, as they are sorted by line.
struct OwnerEntry {
  std::int64_t slot;
  std::int64_t customer;

  std::uint64_t key() const { return in_line_order(slot); }
};

/// A PlannedRow, as it is sorted by line. Choices are bytes, see bytes.hpp.
struct PlanEntry {
  std::int64_t slot;
  std::uint64_t reason;  ///< its place in the log of reasons; none: there is none
  consent::Outcome outcome;
  std::uint8_t before, after, wanted, input, base_held, base_asked, settled_held, settled_asked;
  bool has_change, in_doubt;
  std::uint8_t carrier_high;  ///< the slot that carries this row, in two pieces; 0: none
  std::uint32_t carrier_low;

  static constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();

  std::uint64_t key() const { return in_line_order(slot); }
};

}  // namespace consent_sync::ledger
