#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "lookup.hpp"

namespace consent_sync::store {

/// The store's addresses, looked up once for all clients of a run. A lookup that nobody waits for any more
/// goes on by itself, and serves who asks next, also on another io_context. One thread.
class Resolution {
 public:
  using Endpoint = Lookup::Endpoint;

  Resolution(std::string host, std::uint16_t port, bool is_ip);

  /// Waits until the addresses are known, the lookup failed, or `timer` fires or is cancelled. See
  /// endpoints() and error().
  boost::asio::awaitable<void> wait(boost::asio::steady_timer& timer, std::chrono::milliseconds timeout);

  /// Best first; empty when not known.
  const std::vector<Endpoint>& endpoints() const { return endpoints_; }
  /// Why the last lookup failed.
  const boost::system::error_code& error() const { return error_; }

  /// No address answered: the next wait() looks them up again, unless that was done a moment ago.
  void distrust();
  /// This address answered: it is tried first from now on.
  void prefer(const Endpoint& endpoint);

 private:
  using Clock = std::chrono::steady_clock;

  /// What the lookup under way has found by now, if it has.
  void take_found();

  std::string host_;
  std::uint16_t port_;
  bool is_ip_;
  std::vector<Endpoint> endpoints_;
  boost::system::error_code error_;
  Clock::time_point looked_up_at_{};
  std::shared_ptr<Lookup> lookup_;  ///< under way
};

}  // namespace consent_sync::store
