#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <consent_sync/ledger/ledger.hpp>

#include "byte_log.hpp"
#include "external_sort.hpp"

namespace consent_sync::ledger {

/// A row whose customer is known, as it is sorted by customer.
struct CustomerEntry {
  std::int64_t customer;
  std::int64_t decided_at;  ///< microseconds since 1970; never: not told
  std::uint64_t rest;       ///< from the low end: the choice's byte (8 bits; none: invalid), the part (16), the line (40)

  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();

  std::uint64_t key() const { return static_cast<std::uint64_t>(customer); }
  CustomerRows::Row row() const;
};

/// A PlannedRow, as it is sorted by line. Choices are bytes, see bytes.hpp.
struct PlanEntry {
  std::int64_t line;
  std::uint64_t reason;  ///< its place in the log of reasons; none: there is none
  consent::Outcome outcome;
  std::uint8_t before, after, wanted, input, base_held, base_asked, settled_held, settled_asked;
  bool has_change, in_doubt;
  std::uint8_t carrier_high;  ///< the line that carries this row, in two pieces; 0: none
  std::uint32_t carrier_low;

  static constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();

  std::uint64_t key() const { return static_cast<std::uint64_t>(line); }
};

/// A row with its plan.
struct RowPlan {
  StagedRow row;
  PlannedRow plan;  ///< `pending` without a change where nothing has been planned yet
};

/// The row as a report tells it; a row is used again and again, so that its texts keep their room.
void to_result(const RowPlan& row, RowResult& result);

/// The rows of one run and their plan, in temporary files, until the plan is committed. Memory does not grow
/// with the rows. Throws LedgerError; an add that throws leaves everything as it was.
class Staging {
 public:
  /// `ledger_path` says where there is room.
  explicit Staging(const std::string& ledger_path)
      : rows_(ledger_path), reasons_(ledger_path), customers_(ledger_path), plan_(ledger_path) {}

  void stage(std::span<const StagedRow> rows);
  void plan(std::span<const PlannedRow> rows);

  ExternalSort<CustomerEntry>::Reader customers() { return customers_.read(); }
  /// In the order of the input.
  void for_each(const std::function<void(const RowPlan&)>& visit);

  std::uint64_t rows() const { return count_; }

 private:
  PlanEntry entry_of(const PlannedRow& row);
  void read_plan(const PlanEntry& entry, consent::CustomerId customer, PlannedRow& plan);

  ByteLog rows_;
  ByteLog reasons_;
  ExternalSort<CustomerEntry> customers_;
  ExternalSort<PlanEntry> plan_;
  std::uint64_t count_ = 0;
  consent::LineNumber last_line_ = 0;
  std::string scratch_;
};

}  // namespace consent_sync::ledger
