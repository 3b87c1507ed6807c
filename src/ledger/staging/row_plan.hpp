#pragma once

#include <vector>

#include <consent_sync/ledger/rows.hpp>

namespace consent_sync::ledger {

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

}  // namespace consent_sync::ledger
