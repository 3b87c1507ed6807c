#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <consent_sync/ledger/rows.hpp>

#include "change_block.hpp"
#include "database/connection.hpp"

namespace consent_sync::ledger {

// The changes of a run (`change_block`), in the order in which they are sent. A block is known by the
// position of the last change that it had to begin with. Those that wait for their end are the queue.

/// Writes the changes of a run that has none yet, within a transaction of the caller's.
class QueueWriter {
 public:
  QueueWriter(Connection& connection, std::int64_t run) : connection_(connection), run_(run) {}

  /// In the order of the queue.
  void add(const StoredChange& stored);
  /// Once all are added.
  void finish();

 private:
  Connection& connection_;
  const std::int64_t run_;
  ChangeBlock block_;
};

/// What waits after a position, in the order of the queue, until `visit` says false.
void for_each_waiting(Connection& connection, std::int64_t run, QueuePosition after,
                      const std::function<bool(const StoredChange&)>& visit);

/// All changes, in no order.
void for_each_change(Connection& connection, std::int64_t run,
                     const std::function<void(const StoredChange&)>& visit);

// A customer has few changes. Blocks that cannot have any are not looked into.
std::vector<StoredChange> changes_of_customer(Connection& connection, std::int64_t run,
                                              consent::CustomerId customer);
/// None of them may be waiting to be sent.
std::vector<StoredChange> take_out_changes(Connection& connection, std::int64_t run,
                                           consent::CustomerId customer);

struct RecordedChange {
  QueuePosition position;
  const consent::ChangeResult* result;  ///< `pending`: it goes on waiting, and keeps what its tries came to
};

/// Notes what came of changes: how many waited, and do no more. How it ended for one of a row's several
/// customers is not told here.
int record_changes(Connection& connection, std::int64_t run, std::vector<RecordedChange> recorded);

/// What waits will never be sent.
void cancel_waiting(Connection& connection, std::int64_t run);

QueuedCounts count_waiting(Connection& connection, std::int64_t run);

}  // namespace consent_sync::ledger
