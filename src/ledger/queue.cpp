#include "queue.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "database/query.hpp"
#include "row_block.hpp"

namespace consent_sync::ledger {
namespace {

using consent::Outcome;
using Order = decltype(order_of(QueuePosition()));

struct BlockInPlace {
  Order last;
  std::uint64_t waiting;
  std::string bytes;
};

/// From the columns rank, last_decided_at, last_line, waiting, changes.
BlockInPlace read_block(const Query& query) {
  return {
      {static_cast<int>(query.integer(0)), query.time(1), query.integer(2)}, query.count(3), query.blob(4)};
}

// What is found in them may lead to changes of the ledger: they are read to the end first.
std::vector<BlockInPlace> read_blocks(Query&& query) {
  std::vector<BlockInPlace> found;
  while (query.next()) found.push_back(read_block(query));
  return found;
}

std::vector<BlockInPlace> blocks_after(Connection& connection, std::int64_t run, const Order& after) {
  return read_blocks(
      Query(connection.prepared(
                "SELECT rank, last_decided_at, last_line, waiting, changes FROM change_block WHERE run = ? "
                "AND (rank, "
                "last_decided_at, last_line) > (?, ?, ?) AND waiting > 0 ORDER BY rank, last_decided_at, "
                "last_line LIMIT 64"),
            run, std::get<0>(after), std::get<1>(after), std::get<2>(after)));
}

/// The one with the position, and some of those that follow.
std::vector<BlockInPlace> blocks_from(Connection& connection, std::int64_t run, const Order& first,
                                      std::size_t most) {
  return read_blocks(
      Query(connection.prepared(
                "SELECT rank, last_decided_at, last_line, waiting, changes FROM change_block WHERE run = ? "
                "AND (rank, "
                "last_decided_at, last_line) >= (?, ?, ?) AND waiting > 0 ORDER BY rank, last_decided_at, "
                "last_line LIMIT ?"),
            run, std::get<0>(first), std::get<1>(first), std::get<2>(first), most));
}

/// Goes through the changes of the blocks that may be a customer's.
template <class Visit>
void for_each_block_of(Connection& connection, std::int64_t run, consent::CustomerId customer, Visit visit) {
  Query query(
      connection.scan(
          "SELECT rank, last_decided_at, last_line, waiting, changes FROM change_block WHERE run = ?"),
      run);
  while (query.next()) {
    BlockInPlace block = read_block(query);
    if (may_have(block.bytes, customer)) visit(std::move(block));
  }
}

using Recorded = std::span<const RecordedChange>;

struct InOrder {
  static Order order(const RecordedChange& recorded) { return order_of(recorded.position); }
  static Order order(const StoredChange& stored) { return order_of(stored.position); }
  template <class One, class Other>
  bool operator()(const One& one, const Other& other) const {
    return order(one) < order(other);
  }
};

void note(StoredChange& stored, const consent::ChangeResult& result) {
  stored.end = {result.outcome, result.http_status, result.attempts, result.reason};
  if (stored.is_waiting()) return;
  // What was asked for may have been settled only when the store was asked.
  stored.change.before = result.change.before;
  stored.change.wanted = result.change.wanted;
}

/// What becomes of a block, and how many of its changes wait no more.
int rewrite(BlockInPlace block, Recorded recorded, ChangeBlock& rewritten) {
  int ended = 0;
  ChangeBlockReader reader(std::get<0>(block.last), std::move(block.bytes));
  while (std::optional<StoredChange> stored = reader.next()) {
    const bool waited = stored->is_waiting();
    const auto [first, last] = std::equal_range(recorded.begin(), recorded.end(), *stored, InOrder());
    for (auto each = first; each != last && stored->is_waiting(); ++each) note(*stored, *each->result);
    const bool ends = waited && !stored->is_waiting();
    if (ends) ++ended;
    const bool is_of_several = stored->change.account != 0;
    if (!ends || !is_of_several) rewritten.add(*stored);
  }
  return ended;
}

void replace(Connection& connection, std::int64_t run, const Order& last, const ChangeBlock& block,
             std::uint64_t waiting) {
  const auto& [rank, decided_at, line] = last;
  if (block.is_empty()) {
    execute_later(connection.prepared("DELETE FROM change_block WHERE run = ? AND rank = ? AND "
                                      "last_decided_at = ? AND last_line = ?"),
                  run, rank, decided_at, line);
  } else {
    execute_later(
        connection.prepared("UPDATE change_block SET waiting = ?, changes = ? WHERE run = ? AND rank = "
                            "? AND last_decided_at = ? AND last_line = ?"),
        waiting, Bytes{block.bytes()}, run, rank, decided_at, line);
  }
}

}  // namespace

void QueueWriter::add(const StoredChange& stored) {
  if (!block_.is_empty() && block_.last().rank != stored.position.rank) finish();
  block_.add(stored);
  if (block_.is_full()) finish();
}

void QueueWriter::finish() {
  if (block_.is_empty()) return;
  const auto& [rank, decided_at, line] = order_of(block_.last());
  execute_later(
      connection_.appender("INSERT INTO change_block (run, rank, last_decided_at, last_line, waiting, "
                           "changes) VALUES (?, ?, ?, ?, ?, ?)"),
      run_, rank, decided_at, line, block_.waiting(), Bytes{block_.bytes()});
  block_ = {};
}

void for_each_waiting(Connection& connection, std::int64_t run, QueuePosition after,
                      const std::function<bool(const StoredChange&)>& visit) {
  const Order begin = order_of(after);
  for (std::vector<BlockInPlace> stored = blocks_after(connection, run, begin); !stored.empty();) {
    const Order end = stored.back().last;
    for (BlockInPlace& block : stored) {
      ChangeBlockReader reader(std::get<0>(block.last), std::move(block.bytes));
      while (const std::optional<StoredChange> change = reader.next()) {
        const bool is_next = change->is_waiting() && order_of(change->position) > begin;
        if (is_next && !visit(*change)) return;
      }
    }
    stored = blocks_after(connection, run, end);
  }
}

void for_each_change(Connection& connection, std::int64_t run,
                     const std::function<void(const StoredChange&)>& visit) {
  Query query(connection.scan("SELECT rank, changes FROM change_block WHERE run = ?"), run);
  while (query.next()) {
    ChangeBlockReader reader(static_cast<int>(query.integer(0)), query.blob(1));
    while (const std::optional<StoredChange> stored = reader.next()) visit(*stored);
  }
}

std::vector<StoredChange> changes_of_customer(Connection& connection, std::int64_t run,
                                              consent::CustomerId customer) {
  std::vector<StoredChange> found;
  for_each_block_of(connection, run, customer, [&](BlockInPlace block) {
    ChangeBlockReader reader(std::get<0>(block.last), std::move(block.bytes));
    while (std::optional<StoredChange> stored = reader.next()) {
      if (stored->change.customer == customer) found.push_back(*std::move(stored));
    }
  });
  return found;
}

std::vector<StoredChange> take_out_changes(Connection& connection, std::int64_t run,
                                           consent::CustomerId customer) {
  std::vector<StoredChange> taken;
  std::vector<std::pair<BlockInPlace, ChangeBlock>> rewritten;
  for_each_block_of(connection, run, customer, [&](BlockInPlace block) {
    const std::size_t taken_before = taken.size();
    ChangeBlock rest;
    ChangeBlockReader reader(std::get<0>(block.last), block.bytes);
    while (std::optional<StoredChange> stored = reader.next()) {
      if (stored->change.customer == customer) {
        taken.push_back(*std::move(stored));
      } else {
        rest.add(*stored);
      }
    }
    if (taken.size() != taken_before) rewritten.emplace_back(std::move(block), std::move(rest));
  });
  // None of those that were taken out waited.
  for (const auto& [block, rest] : rewritten) replace(connection, run, block.last, rest, block.waiting);
  return taken;
}

// Most changes end in about the order of the queue: those of one commit are in a few blocks side by side.
int record_changes(Connection& connection, std::int64_t run, std::vector<RecordedChange> recorded) {
  std::stable_sort(recorded.begin(), recorded.end(), InOrder());
  int ended = 0;
  for (Recorded rest(recorded); !rest.empty();) {
    std::vector<BlockInPlace> blocks = blocks_from(connection, run, order_of(rest.front().position),
                                                   rest.size() / ChangeBlock::most_changes + 2);
    if (blocks.empty()) break;
    for (BlockInPlace& block : blocks) {
      const Order last = block.last;
      const auto end = std::find_if(rest.begin(), rest.end(),
                                    [&](const auto& each) { return order_of(each.position) > last; });
      const Recorded here = rest.first(static_cast<std::size_t>(end - rest.begin()));
      if (here.empty()) continue;
      rest = rest.subspan(here.size());
      ChangeBlock rewritten;
      ended += rewrite(std::move(block), here, rewritten);
      replace(connection, run, last, rewritten, rewritten.waiting());
    }
  }
  return ended;
}

void cancel_waiting(Connection& connection, std::int64_t run) {
  execute(connection.prepared("UPDATE change_block SET waiting = 0 WHERE run = ? AND waiting > 0"), run);
}

QueuedCounts count_waiting(Connection& connection, std::int64_t run) {
  Query query(connection.prepared("SELECT rank, waiting FROM change_block WHERE run = ? AND waiting > 0"),
              run);
  QueuedCounts counts;
  while (query.next()) {
    counts.changes += query.count(1);
    if (query.integer(0) == 0) counts.withdrawals += query.count(1);
  }
  return counts;
}

}  // namespace consent_sync::ledger
