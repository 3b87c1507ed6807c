#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <consent_sync/ledger/ledger.hpp>

#include "../address_digest.hpp"
#include "byte_log.hpp"
#include "entries.hpp"
#include "external_sort.hpp"
#include "row_plan.hpp"

namespace consent_sync::ledger {

/// The rows of one run and their plan, in temporary files, until the plan is committed. Memory does not grow
/// with the rows. Throws LedgerError; an add that throws leaves everything as it was.
class Staging {
 public:
  explicit Staging(const Workspace& workspace)
      : rows_(workspace),
        reasons_(workspace),
        customers_(workspace),
        addresses_(workspace),
        owners_(workspace),
        plan_(workspace) {}

  /// `digester`: of the addresses; may be null when no row has one.
  void stage(std::span<const StagedRow> rows, AddressDigester* digester);
  void plan(std::span<const PlannedRow> rows);

  ExternalSort<CustomerEntry>::Reader customers() { return customers_.read(); }
  ExternalSort<AddressEntry>::Reader addresses() { return addresses_.read(); }
  bool has_addresses() const { return has_addresses_; }
  /// The address itself.
  std::string address_of(const AddressEntry& entry);
  /// From now on the row speaks for these customers.
  void assign(const AddressEntry& entry, const std::vector<consent::CustomerId>& customers);
  /// The row speaks for none of them, and may be any one's.
  void note_owners(const AddressEntry& entry, const std::vector<consent::CustomerId>& customers);
  /// In the order of the input.
  void for_each(const std::function<void(const RowPlan&)>& visit);

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
  consent::LineNumber last_line_ = 0;
  bool has_addresses_ = false;
  std::string scratch_;
};

}  // namespace consent_sync::ledger
