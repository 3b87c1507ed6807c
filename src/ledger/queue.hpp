#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <consent_sync/ledger/rows.hpp>

#include "database/connection.hpp"
#include "slot.hpp"

namespace consent_sync::ledger {

// The changes of a run that wait for their end (`queue_block`), in the order in which they are sent, many to
// one piece of the database. A piece is known by the position of the last change that it had to begin with.

/// To compare by: rows in their order, and of a row one customer after the other.
inline auto order_of(const QueuePosition& position) {
  return std::tuple(position.rank, position.decided_at,
                    static_cast<std::int64_t>(in_line_order(position.line)));
}

struct WaitingChange {
  QueuePosition position;
  consent::Change change;
  std::optional<consent::Timestamp> decided_at;  ///< as its row tells, even where the position does not
};

class QueueBlock {
 public:
  /// A block is written anew with each commit that ends some of its changes, and at the pace of a quota that
  /// is each change: larger ones would cost PostgreSQL more than they save.
  static constexpr std::size_t most_changes = 32;

  /// In the order of the queue; of one rank.
  void add(const WaitingChange& waiting);
  bool is_empty() const { return changes_ == 0; }
  bool is_full() const { return changes_ == most_changes; }
  std::size_t changes() const { return changes_; }
  QueuePosition last() const { return last_; }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  std::size_t changes_ = 0;
  QueuePosition last_;
  std::int64_t time_ = 0;  ///< microseconds since 1970: of the last change that is ordered by one
};

/// Reads a block change by change. Throws DatabaseError (damaged) for bytes that are none.
class QueueBlockReader {
 public:
  QueueBlockReader(int rank, std::string bytes) : bytes_(std::move(bytes)), rank_(rank) {}

  /// Nothing at the end.
  std::optional<WaitingChange> next();

 private:
  WaitingChange read();

  std::string bytes_;
  std::size_t at_ = 0;
  int rank_;
  std::int64_t time_ = 0;
  std::int64_t slot_ = 0;
};

/// Writes the queue of a run that has none yet, within a transaction of the caller's.
class QueueWriter {
 public:
  QueueWriter(Connection& connection, std::int64_t run) : connection_(connection), run_(run) {}

  /// In the order of the queue.
  void add(const WaitingChange& waiting);
  /// Once all are added.
  void finish();

 private:
  Connection& connection_;
  const std::int64_t run_;
  QueueBlock block_;
};

/// What waits after a position, in the order of the queue, until `visit` says false.
void for_each_waiting(Connection& connection, std::int64_t run, QueuePosition after,
                      const std::function<bool(const WaitingChange&)>& visit);

/// Takes those out that wait at these positions: how many there were.
int leave_queue(Connection& connection, std::int64_t run, std::vector<QueuePosition> positions);

QueuedCounts count_waiting(Connection& connection, std::int64_t run);

}  // namespace consent_sync::ledger
