#include "queue.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>

#include "database/query.hpp"
#include "slot.hpp"
#include "staging/bytes.hpp"

namespace consent_sync::ledger {
namespace {

using consent::Timestamp;

constexpr unsigned is_in_doubt = 1;
constexpr unsigned is_ordered_by_time = 2;
constexpr unsigned tells_time_apart = 4;  // as in queues that were planned before they had an order by time

constexpr Timestamp untold = QueuePosition().decided_at;

std::int64_t microseconds(Timestamp time) {
  return time.time_since_epoch().count();
}

// Both wrap around: times may lie as far apart as their numbers can tell.
std::int64_t difference(std::int64_t to, std::int64_t from) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from));
}
std::int64_t sum(std::int64_t from, std::int64_t difference) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(from) + static_cast<std::uint64_t>(difference));
}

using Order = decltype(order_of(QueuePosition()));

struct StoredBlock {
  Order last;
  std::string bytes;
};

constexpr auto in_order = [](const QueuePosition& one, const QueuePosition& other) {
  return order_of(one) < order_of(other);
};

// What is found in them may lead to changes of the ledger: they are read to the end first.
std::vector<StoredBlock> read_blocks(Query&& query) {
  std::vector<StoredBlock> found;
  while (query.next()) {
    found.push_back({{static_cast<int>(query.integer(0)), query.time(1), query.integer(2)}, query.blob(3)});
  }
  return found;
}

std::vector<StoredBlock> blocks_after(Connection& connection, std::int64_t run, const Order& after) {
  return read_blocks(
      Query(connection.prepared(
                "SELECT rank, last_decided_at, last_line, changes FROM queue_block WHERE run = ? AND (rank, "
                "last_decided_at, last_line) > (?, ?, ?) ORDER BY rank, last_decided_at, last_line LIMIT 64"),
            run, std::get<0>(after), std::get<1>(after), std::get<2>(after)));
}

/// The one with the position, and some of those that follow.
std::vector<StoredBlock> blocks_from(Connection& connection, std::int64_t run, const Order& first,
                                     std::size_t most) {
  return read_blocks(
      Query(connection.prepared(
                "SELECT rank, last_decided_at, last_line, changes FROM queue_block WHERE run = ? AND (rank, "
                "last_decided_at, last_line) >= (?, ?, ?) ORDER BY rank, last_decided_at, last_line LIMIT ?"),
            run, std::get<0>(first), std::get<1>(first), std::get<2>(first), most));
}

using Positions = std::span<const QueuePosition>;

/// Takes those out of a block that are at one of these positions, in order: how many there were.
int take_out(StoredBlock block, Positions positions, QueueBlock& rest) {
  int taken = 0;
  QueueBlockReader reader(std::get<0>(block.last), std::move(block.bytes));
  while (const std::optional<WaitingChange> waiting = reader.next()) {
    if (std::binary_search(positions.begin(), positions.end(), waiting->position, in_order)) {
      ++taken;
    } else {
      rest.add(*waiting);
    }
  }
  return taken;
}

void replace(Connection& connection, std::int64_t run, const Order& last, const QueueBlock& rest) {
  const auto& [rank, decided_at, line] = last;
  if (rest.is_empty()) {
    execute_later(connection.prepared("DELETE FROM queue_block WHERE run = ? AND rank = ? AND "
                                      "last_decided_at = ? AND last_line = ?"),
                  run, rank, decided_at, line);
  } else {
    execute_later(
        connection.prepared("UPDATE queue_block SET waiting = ?, changes = ? WHERE run = ? AND rank = "
                            "? AND last_decided_at = ? AND last_line = ?"),
        rest.changes(), Bytes{rest.bytes()}, run, rank, decided_at, line);
  }
}

}  // namespace

void QueueBlock::add(const WaitingChange& waiting) {
  const auto& [position, change, decided_at] = waiting;
  const bool by_time = position.decided_at != untold;
  const bool time_apart = !by_time && decided_at;
  put_byte(bytes_, (change.base.in_doubt ? is_in_doubt : 0) | (by_time ? is_ordered_by_time : 0) |
                       (time_apart ? tells_time_apart : 0));
  if (by_time) {
    put_signed(bytes_, difference(microseconds(position.decided_at), time_));
    time_ = microseconds(position.decided_at);
  }
  if (time_apart) put_signed(bytes_, microseconds(*decided_at));
  put_signed(bytes_, difference(position.line, last_.line));
  put_number(bytes_, static_cast<std::uint64_t>(change.customer.value()));
  put_byte(bytes_, byte_of(change.before));
  put_byte(bytes_, change.wanted.code());
  put_byte(bytes_, change.input.code());
  put_byte(bytes_, byte_of(change.base.held));
  put_byte(bytes_, byte_of(change.base.asked));
  last_ = position;
  ++changes_;
}

std::optional<WaitingChange> QueueBlockReader::next() {
  if (at_ == bytes_.size()) return std::nullopt;
  return read_stored([this] { return read(); });
}

WaitingChange QueueBlockReader::read() {
  ByteReader bytes(std::string_view(bytes_).substr(at_));
  const unsigned flags = bytes.byte();
  QueuePosition position{rank_, untold, 0};
  std::optional<Timestamp> decided_at;
  if ((flags & is_ordered_by_time) != 0) {
    time_ = sum(time_, bytes.signed_number());
    position.decided_at = Timestamp(std::chrono::microseconds(time_));
    decided_at = position.decided_at;
  }
  if ((flags & tells_time_apart) != 0)
    decided_at = Timestamp(std::chrono::microseconds(bytes.signed_number()));
  slot_ = sum(slot_, bytes.signed_number());
  position.line = slot_;
  const auto customer = consent::CustomerId::from(static_cast<std::int64_t>(bytes.number()));
  const auto before = choice_of(bytes.byte());
  const auto wanted = choice_of(bytes.byte());
  const auto input = choice_of(bytes.byte());
  const auto held = choice_of(bytes.byte());
  const auto asked = choice_of(bytes.byte());
  if (!customer || !wanted || !input) throw std::out_of_range("a change that cannot be");
  at_ = bytes_.size() - bytes.left();
  return WaitingChange{position,
                       consent::Change{line_of(slot_),
                                       *customer,
                                       before,
                                       *wanted,
                                       *input,
                                       {held, asked, (flags & is_in_doubt) != 0},
                                       account_of(slot_)},
                       decided_at};
}

void QueueWriter::add(const WaitingChange& waiting) {
  if (!block_.is_empty() && block_.last().rank != waiting.position.rank) finish();
  block_.add(waiting);
  if (block_.is_full()) finish();
}

void QueueWriter::finish() {
  if (block_.is_empty()) return;
  const auto& [rank, decided_at, line] = order_of(block_.last());
  execute_later(
      connection_.appender("INSERT INTO queue_block (run, rank, last_decided_at, last_line, waiting, "
                           "changes) VALUES (?, ?, ?, ?, ?, ?)"),
      run_, rank, decided_at, line, block_.changes(), Bytes{block_.bytes()});
  block_ = {};
}

void for_each_waiting(Connection& connection, std::int64_t run, QueuePosition after,
                      const std::function<bool(const WaitingChange&)>& visit) {
  const Order begin = order_of(after);
  for (std::vector<StoredBlock> stored = blocks_after(connection, run, begin); !stored.empty();) {
    const Order end = stored.back().last;
    for (StoredBlock& block : stored) {
      QueueBlockReader reader(std::get<0>(block.last), std::move(block.bytes));
      while (const std::optional<WaitingChange> waiting = reader.next()) {
        if (order_of(waiting->position) > begin && !visit(*waiting)) return;
      }
    }
    stored = blocks_after(connection, run, end);
  }
}

// Most changes end in about the order of the queue: those of one commit are in a few blocks side by side.
int leave_queue(Connection& connection, std::int64_t run, std::vector<QueuePosition> positions) {
  std::sort(positions.begin(), positions.end(), in_order);
  int left = 0;
  for (Positions rest(positions); !rest.empty();) {
    std::vector<StoredBlock> blocks =
        blocks_from(connection, run, order_of(rest.front()), rest.size() / QueueBlock::most_changes + 2);
    if (blocks.empty()) break;
    for (StoredBlock& block : blocks) {
      const Order last = block.last;
      const auto end = std::find_if(rest.begin(), rest.end(),
                                    [&](const auto& position) { return order_of(position) > last; });
      const Positions here = rest.first(static_cast<std::size_t>(end - rest.begin()));
      if (here.empty()) continue;
      rest = rest.subspan(here.size());
      QueueBlock stays;
      const int left_here = take_out(std::move(block), here, stays);
      if (left_here != 0) replace(connection, run, last, stays);
      left += left_here;
    }
  }
  return left;
}

QueuedCounts count_waiting(Connection& connection, std::int64_t run) {
  Query query(connection.prepared("SELECT rank, waiting FROM queue_block WHERE run = ?"), run);
  QueuedCounts counts;
  while (query.next()) {
    counts.changes += query.count(1);
    if (query.integer(0) == 0) counts.withdrawals += query.count(1);
  }
  return counts;
}

}  // namespace consent_sync::ledger
