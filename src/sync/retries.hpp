#pragma once

#include <algorithm>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include <consent_sync/pace/pacer.hpp>
#include <consent_sync/sync/delivery.hpp>

namespace consent_sync::sync {

/// Deliveries that wait for their next try, the one that is due first in front.
class Retries {
 public:
  void push(pace::TimePoint due, Delivery delivery) {
    last_due_ = waiting_.empty() ? due : std::max(last_due_, due);
    waiting_.push(Waiting{due, arrivals_++, std::move(delivery)});
  }

  std::optional<Delivery> pop_due(pace::TimePoint now) {
    if (waiting_.empty() || waiting_.top().due > now) return std::nullopt;
    Delivery delivery = waiting_.top().delivery;
    waiting_.pop();
    return delivery;
  }

  /// When the first is due; TimePoint::max() when none waits.
  pace::TimePoint next_due() const { return waiting_.empty() ? pace::TimePoint::max() : waiting_.top().due; }
  /// When the last is due, of those that wait now; TimePoint::min() when none does.
  pace::TimePoint last_due() const { return waiting_.empty() ? pace::TimePoint::min() : last_due_; }
  std::size_t size() const { return waiting_.size(); }
  bool empty() const { return waiting_.empty(); }

 private:
  struct Waiting {
    pace::TimePoint due;
    std::uint64_t arrival;
    Delivery delivery;

    bool operator<(const Waiting& other) const {
      return std::tie(due, arrival) > std::tie(other.due, other.arrival);
    }
  };

  std::priority_queue<Waiting> waiting_;
  std::uint64_t arrivals_ = 0;
  pace::TimePoint last_due_ = pace::TimePoint::min();
};

}  // namespace consent_sync::sync
