#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include <consent_sync/ledger/rows.hpp>

#include "slot.hpp"

namespace consent_sync::ledger {

/// The time in the position of a change whose row does not tell one.
inline constexpr consent::Timestamp untold = QueuePosition().decided_at;

/// To compare by: rows in their order, and of a row one customer after the other.
inline auto order_of(const QueuePosition& position) {
  return std::tuple(position.rank, position.decided_at,
                    static_cast<std::int64_t>(in_line_order(position.line)));
}

/// How a change ended; while it waits, what its tries have come to.
struct ChangeEnd {
  consent::Outcome outcome = consent::Outcome::pending;
  int http_status = 0;
  int attempts = 0;
  std::string reason;

  friend bool operator==(const ChangeEnd&, const ChangeEnd&) = default;
};

/// A change as the ledger has it, from the plan to the end of its run.
struct StoredChange {
  QueuePosition position;
  consent::Change change;
  std::optional<consent::Timestamp> decided_at;  ///< as its row tells, even where the position does not
  ChangeEnd end = {};

  bool is_waiting() const { return end.outcome == consent::Outcome::pending; }
};

/// Changes in the order of the queue, many to one piece of the database. Where a row speaks for one customer
/// it is nowhere else.
class ChangeBlock {
 public:
  /// A block is written anew with each commit that ends some of its changes, and at the pace of a quota that
  /// is each change: larger ones would cost PostgreSQL more than they save.
  static constexpr std::size_t most_changes = 32;

  /// In the order of the queue; of one rank.
  void add(const StoredChange& stored);
  bool is_empty() const { return changes_ == 0; }
  bool is_full() const { return changes_ == most_changes; }
  /// How many of them wait.
  std::size_t waiting() const { return waiting_; }
  QueuePosition last() const { return last_; }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  std::size_t changes_ = 0;
  std::size_t waiting_ = 0;
  QueuePosition last_;
  std::int64_t time_ = 0;  ///< microseconds since 1970: of the last change that is ordered by one
};

/// Reads a block change by change. Throws DatabaseError (damaged) for bytes that are none.
class ChangeBlockReader {
 public:
  ChangeBlockReader(int rank, std::string bytes) : bytes_(std::move(bytes)), rank_(rank) {}

  /// Nothing at the end.
  std::optional<StoredChange> next();

 private:
  StoredChange read();

  std::string bytes_;
  std::size_t at_ = 0;
  int rank_;
  std::int64_t time_ = 0;
  std::int64_t slot_ = 0;
};

}  // namespace consent_sync::ledger
