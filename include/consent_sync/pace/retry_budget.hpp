#pragma once

#include <consent_sync/pace/quota_reading.hpp>

namespace consent_sync::pace {

struct RetryBudgetOptions {
  double share = 0.2;     ///< retries that each first try pays for, from 0
  double per_second = 1;  ///< retries that time alone pays for, above 0: a run always ends
  double most = 20;       ///< retries that can be saved up, from 1; a run begins with them
};

/// Retries over the whole run are paid for by first tries, so that a store in which everything fails is asked
/// hardly more often than one in which nothing does. An empty budget delays retries; no row loses a try.
/// Pure; not thread-safe.
class RetryBudget {
 public:
  explicit RetryBudget(RetryBudgetOptions options) : options_(options), saved_(options.most) {}

  void on_first_try();
  void on_retry(TimePoint now);

  /// When the next retry may be made: `now` or earlier, at once. First tries can bring it forward.
  TimePoint next_retry(TimePoint now) const;

 private:
  double saved_at(TimePoint now) const;

  RetryBudgetOptions options_;
  double saved_;
  TimePoint counted_at_ = TimePoint::max();  // max(): time has not begun to pay
};

}  // namespace consent_sync::pace
