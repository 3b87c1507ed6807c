#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <consent_sync/ledger/ledger.hpp>

#include "../address_digest.hpp"
#include "../slot.hpp"
#include "byte_log.hpp"
#include "external_sort.hpp"

namespace consent_sync::ledger {

/// A row whose customer is known, as it is sorted by customer.
struct CustomerEntry {
  std::int64_t customer;
  std::int64_t decided_at;  ///< microseconds since 1970; never: not told
  std::uint64_t
      rest;  ///< from the low end: the choice's byte (8 bits; none: invalid), the part (16), the slot (40)

  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();

  std::uint64_t key() const { return static_cast<std::uint64_t>(customer); }
  CustomerRows::Row row() const;
};

/// A row that is known by an e-mail address, as it is sorted by that.
struct AddressEntry {
  std::uint64_t high, low;  ///< the address's digest
  std::uint64_t position;   ///< of the row in the log of rows
  std::int64_t decided_at;  ///< as in CustomerEntry, like the rest
  std::uint64_t rest;

  std::uint64_t key() const { return high; }
  AddressDigest digest() const;
  CustomerEntry of(consent::CustomerId customer, consent::Account account) const;
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

/// A row with its plan.
struct RowPlan {
  /// One of several customers that the row speaks for.
  struct Owner {
    consent::CustomerId customer;
    PlannedRow plan;
  };
  StagedRow row;              ///< by an address: with the record of the (first) customer, where one was found
  PlannedRow plan;            ///< `pending` without a change where nothing has been planned yet
  std::vector<Owner> owners;  ///< when there are several; then `plan` says nothing
};

/// The row as a report tells it; a row is used again and again, so that its texts keep their room.
void to_result(const RowPlan& row, RowResult& result);

/// The rows of one run and their plan, in temporary files, until the plan is committed. Memory does not grow
/// with the rows. Throws LedgerError; an add that throws leaves everything as it was.
class Staging {
 public:
  /// `ledger_path` says where there is room.
  explicit Staging(const std::string& ledger_path)
      : rows_(ledger_path),
        reasons_(ledger_path),
        customers_(ledger_path),
        addresses_(ledger_path),
        owners_(ledger_path),
        plan_(ledger_path) {}

  /// `digester`: of the addresses; may be null when no row has one.
  void stage(std::span<const StagedRow> rows, AddressDigester* digester);
  void plan(std::span<const PlannedRow> rows);

  ExternalSort<CustomerEntry>::Reader customers() { return customers_.read(); }
  ExternalSort<AddressEntry>::Reader addresses() { return addresses_.read(); }
  bool has_addresses() const { return has_addresses_; }
  /// The address itself.
  std::string address_of(const AddressEntry& entry);
  /// From now on the row is these customers'.
  void assign(const AddressEntry& entry, const std::vector<consent::CustomerId>& customers);
  /// In the order of the input.
  void for_each(const std::function<void(const RowPlan&)>& visit);

  std::uint64_t rows() const { return count_; }

 private:
  PlanEntry entry_of(const PlannedRow& row);
  void read_plan(const PlanEntry& entry, std::optional<consent::CustomerId> customer, PlannedRow& plan);
  void remember(const StagedRow& row, std::uint64_t position, AddressDigester* digester);

  ByteLog rows_;
  ByteLog reasons_;
  ExternalSort<CustomerEntry> customers_;
  ExternalSort<AddressEntry> addresses_;
  ExternalSort<OwnerEntry> owners_;
  ExternalSort<PlanEntry> plan_;
  std::uint64_t count_ = 0;
  consent::LineNumber last_line_ = 0;
  bool has_addresses_ = false;
  std::string scratch_;
};

}  // namespace consent_sync::ledger
