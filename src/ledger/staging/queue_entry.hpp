#pragma once

#include <algorithm>
#include <optional>

#include <consent_sync/ledger/rows.hpp>

#include "../slot.hpp"
#include "bytes.hpp"

namespace consent_sync::ledger {

/// A change, as it is sorted for the queue. Choices are bytes, see bytes.hpp.
class QueueEntry {
 public:
  QueueEntry() = default;
  QueueEntry(const consent::Change& change, std::optional<consent::Timestamp> decided_at)
      : customer_(change.customer.value()),
        decided_at_((decided_at ? *decided_at : QueuePosition().decided_at).time_since_epoch().count()),
        slot_(slot_of(change.line, change.account)),
        rank_(withdraws(change.before, change.wanted) ? 0 : 1),
        before_(byte_of(change.before)),
        wanted_(change.wanted.code()),
        input_(change.input.code()),
        base_held_(byte_of(change.base.held)),
        base_asked_(byte_of(change.base.asked)),
        in_doubt_(change.base.in_doubt) {}

  QueuePosition position() const {
    return {rank_, consent::Timestamp(std::chrono::microseconds(decided_at_)), slot_};
  }
  std::optional<consent::Timestamp> decided_at() const {
    const consent::Timestamp time = position().decided_at;
    return time == QueuePosition().decided_at ? std::nullopt : std::optional(time);
  }
  consent::Change change() const {
    const consent::Base base{choice_of(base_held_), choice_of(base_asked_), in_doubt_};
    return {line_of(slot_),
            consent::CustomerId::from(customer_).value(),
            choice_of(before_),
            choice_of(wanted_).value(),
            choice_of(input_).value(),
            base,
            account_of(slot_)};
  }

  /// The rank in the highest bit, the time in the others: half of what 64 bits can tell is some 146,000 years
  /// to either side of 1970. Lines come in their order.
  std::uint64_t key() const {
    constexpr std::int64_t furthest = std::int64_t{1} << 62;
    const std::int64_t time = std::clamp(decided_at_, -furthest, furthest - 1) + furthest;
    return static_cast<std::uint64_t>(rank_) << 63U | static_cast<std::uint64_t>(time);
  }

 private:
  std::int64_t customer_ = 0;
  std::int64_t decided_at_ = 0;  ///< microseconds since 1970
  std::int64_t slot_ = 0;
  std::uint8_t rank_ = 0;
  std::uint8_t before_ = 0, wanted_ = 0, input_ = 0, base_held_ = 0, base_asked_ = 0;
  bool in_doubt_ = false;
};

}  // namespace consent_sync::ledger
