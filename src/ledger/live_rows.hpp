#pragma once

#include <optional>

#include "changed_rows.hpp"
#include "database/connection.hpp"
#include "database/query.hpp"

namespace consent_sync::ledger {

/// The rows that wait to be sent, or have: those with a change of their own, those that speak for several
/// customers, and those for which another row's change speaks. In the order of the input.
class LiveRows {
 public:
  LiveRows(Connection& connection, std::int64_t run);

  /// Null at the end.
  const RowResult* front() const { return front_; }
  void step();

 private:
  void step_apart();
  void choose();
  bool is_carried(consent::LineNumber line);
  void step_carried();

  ChangedRows changed_;
  Query apart_;  ///< rows without a change of their own
  RowResult apart_row_;
  bool has_apart_ = false;
  Query carried_;
  std::optional<consent::LineNumber> carried_line_;
  const RowResult* front_ = nullptr;
};

}  // namespace consent_sync::ledger
