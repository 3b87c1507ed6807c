#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace consent_sync::sync {

/// A condition variable for the coroutines of one thread: each checks its own condition in a loop.
class Condition {
 public:
  explicit Condition(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  /// Waits for notify_all(), at the latest until `latest`.
  boost::asio::awaitable<void> wait_until(std::chrono::steady_clock::time_point latest) {
    boost::asio::steady_timer timer(executor_, latest);
    waiting_.push_back(&timer);
    co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    std::erase(waiting_, &timer);
  }

  boost::asio::awaitable<void> wait() { return wait_until(std::chrono::steady_clock::time_point::max()); }

  void notify_all() {
    for (boost::asio::steady_timer* timer : waiting_) timer->cancel();
  }

 private:
  boost::asio::any_io_executor executor_;
  std::vector<boost::asio::steady_timer*> waiting_;  ///< in the frames of those who wait
};

}  // namespace consent_sync::sync
