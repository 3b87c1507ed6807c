#pragma once

#include <vector>

#include <consent_sync/ledger/rows.hpp>

namespace consent_sync::ledger {

/// A row with its plan.
struct RowPlan {
  /// One of several customers that the row speaks for, or may be.
  struct Owner {
    consent::CustomerId customer;
    PlannedRow plan;
  };
  StagedRow row;    ///< by an address: with the record of the (first) customer, where one was found
  PlannedRow plan;  ///< `pending` without a change where nothing has been planned yet
  /// When there are several. `plan` is `pending` then, or the row has ended and may be any one's of them.
  std::vector<Owner> owners;
};

/// The row as a report tells it; a row is used again and again, so that its texts keep their room.
void to_result(const RowPlan& row, RowResult& result);

}  // namespace consent_sync::ledger
