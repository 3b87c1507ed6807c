#pragma once

#include <deque>
#include <optional>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <consent_sync/pace/breaker.hpp>
#include <consent_sync/pace/pacer.hpp>

namespace consent_sync::sync {

/// Lets one request after another out when pacer and breaker agree; who came first leaves first. The one
/// waiting at the front sleeps until the instant it is told; the others sleep until it is their turn. Engine
/// thread only.
class Gate {
 public:
  Gate(boost::asio::any_io_executor executor, pace::Pacer& pacer, pace::Breaker& breaker);

  /// Waits for the turn and the instant, and tells pacer and breaker of the departure: its time, by which
  /// they know the request again. Nothing: the gate has been shut.
  boost::asio::awaitable<std::optional<pace::TimePoint>> pass();

  /// Pacer or breaker learned something: whoever waits at the front asks again.
  void reconsider();

  /// Nobody passes any more; everybody who waits comes back with nothing.
  void shut();

 private:
  boost::asio::awaitable<void> wait_for_turn();
  boost::asio::awaitable<void> wait_for_instant();
  void give_way();
  pace::TimePoint next_departure(pace::TimePoint now) const;

  pace::Pacer& pacer_;
  pace::Breaker& breaker_;
  boost::asio::any_io_executor executor_;
  boost::asio::steady_timer instant_;
  std::deque<boost::asio::steady_timer*> queue_;  ///< in the frames of those who wait
  bool front_taken_ = false;
  bool shut_ = false;
};

}  // namespace consent_sync::sync
