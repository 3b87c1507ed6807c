#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

namespace consent_sync::store {

/// The store's addresses, looked up once for all clients of a run. A lookup cannot be cancelled, so that it
/// goes on by itself while those who asked wait no longer than they like. One thread.
class Resolution : public std::enable_shared_from_this<Resolution> {
 public:
  using Endpoint = boost::asio::ip::tcp::endpoint;

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

  class Place;

  void look_up(const boost::asio::any_io_executor& executor);
  void note(const boost::system::error_code& error,
            const boost::asio::ip::tcp::resolver::results_type& found);

  std::string host_;
  std::string port_;
  bool is_ip_;
  std::vector<Endpoint> endpoints_;
  boost::system::error_code error_;
  Clock::time_point looked_up_at_{};
  /// Of the lookup under way, which owns it: it ends with its io_context at the latest, and this may outlive
  /// that.
  std::weak_ptr<boost::asio::ip::tcp::resolver> running_;
  std::vector<boost::asio::steady_timer*> waiting_;
};

}  // namespace consent_sync::store
