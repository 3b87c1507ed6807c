#include "change_block.hpp"

#include <stdexcept>

#include "database/connection.hpp"
#include "staging/bytes.hpp"
#include "stored_outcome.hpp"

namespace consent_sync::ledger {
namespace {

using consent::Timestamp;

constexpr unsigned is_in_doubt = 1;
constexpr unsigned is_ordered_by_time = 2;
constexpr unsigned tells_time_apart = 4;  // as in queues that were planned before they had an order by time
constexpr unsigned tells_end = 8;

void put_end(std::string& bytes, const ChangeEnd& end) {
  put_byte(bytes, code_of(end.outcome));
  put_signed(bytes, end.http_status);
  put_signed(bytes, end.attempts);
  put_text(bytes, end.reason);
}

ChangeEnd read_end(ByteReader& bytes) {
  ChangeEnd end;
  end.outcome = outcome_of(bytes.byte());
  end.http_status = static_cast<int>(bytes.signed_number());
  end.attempts = static_cast<int>(bytes.signed_number());
  end.reason = bytes.text();
  return end;
}

}  // namespace

void ChangeBlock::add(const StoredChange& stored) {
  const auto& [position, change, decided_at, end] = stored;
  const bool by_time = position.decided_at != untold;
  const bool time_apart = !by_time && decided_at;
  const bool has_end = end != ChangeEnd();
  put_byte(bytes_, (change.base.in_doubt ? is_in_doubt : 0) | (by_time ? is_ordered_by_time : 0) |
                       (time_apart ? tells_time_apart : 0) | (has_end ? tells_end : 0));
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
  if (has_end) put_end(bytes_, end);
  last_ = position;
  ++changes_;
  if (stored.is_waiting()) ++waiting_;
}

std::optional<StoredChange> ChangeBlockReader::next() {
  if (at_ == bytes_.size()) return std::nullopt;
  return read_stored([this] { return read(); });
}

StoredChange ChangeBlockReader::read() {
  ByteReader bytes(std::string_view(bytes_).substr(at_));
  const unsigned flags = bytes.byte();
  QueuePosition position{rank_, untold, 0};
  std::optional<Timestamp> decided_at;
  if ((flags & is_ordered_by_time) != 0) {
    time_ = sum(time_, bytes.signed_number());
    position.decided_at = timestamp_of(time_);
    decided_at = position.decided_at;
  }
  if ((flags & tells_time_apart) != 0) decided_at = timestamp_of(bytes.signed_number());
  slot_ = sum(slot_, bytes.signed_number());
  position.line = slot_;
  const auto customer = consent::CustomerId::from(static_cast<std::int64_t>(bytes.number()));
  const auto before = choice_of(bytes.byte());
  const auto wanted = choice_of(bytes.byte());
  const auto input = choice_of(bytes.byte());
  const auto held = choice_of(bytes.byte());
  const auto asked = choice_of(bytes.byte());
  if (!customer || !wanted || !input) throw std::out_of_range("a change that cannot be");
  ChangeEnd end;
  if ((flags & tells_end) != 0) end = read_end(bytes);
  at_ = bytes_.size() - bytes.left();
  return StoredChange{position,
                      consent::Change{line_of(slot_),
                                      *customer,
                                      before,
                                      *wanted,
                                      *input,
                                      {held, asked, (flags & is_in_doubt) != 0},
                                      account_of(slot_)},
                      decided_at, std::move(end)};
}

}  // namespace consent_sync::ledger
