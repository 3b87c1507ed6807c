#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

namespace consent_sync::store {

/// One lookup of a host's addresses. The system's function cannot be called off and may hang for minutes: it
/// runs on a thread of its own, for which nobody waits longer than he likes, not even the program's end.
class Lookup : public std::enable_shared_from_this<Lookup> {
 public:
  using Endpoint = boost::asio::ip::tcp::endpoint;

  struct Found {
    boost::system::error_code error;
    std::vector<Endpoint> endpoints;  ///< best first
  };

  /// Among those who wait, for as long as it lives. It lives in a coroutine's frame, which ends with its
  /// io_context at the latest: the end of the lookup wakes nobody who is gone.
  class Place {
   public:
    /// `timer` is cancelled once the lookup is done.
    Place(std::shared_ptr<Lookup> lookup, boost::asio::steady_timer& timer);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    friend class Lookup;

    const std::shared_ptr<Lookup> lookup_;
    boost::asio::steady_timer& timer_;
    const boost::asio::any_io_executor executor_;
  };

  static std::shared_ptr<Lookup> begin(std::string host, std::uint16_t port);

  /// Nothing: it goes on.
  std::optional<Found> found() const;

 private:
  void end(Found found);
  void wake(const Place* place);

  mutable std::mutex mutex_;
  std::vector<const Place*> waiting_;
  std::optional<Found> found_;
};

}  // namespace consent_sync::store
