#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include "shop.hpp"

namespace consent_sync::sandbox {

/// The shop behind its lock: the network's thread and the test's share it.
struct SharedShop {
  explicit SharedShop(ShopOptions options) : shop(std::move(options)) {}

  std::mutex mutex;
  Shop shop;
  std::int64_t connections = 0;
  std::int64_t handshakes = 0;
  std::int64_t newest_used = 0;  ///< the number of a connection
  std::int64_t by_older_connection = 0;
};

/// Answers a client's requests until it or the shop ends the connection. `number` counts connections from 1.
/// `tls` and `shared` outlive it.
boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& tls,
                                   std::int64_t number, SharedShop& shared,
                                   std::chrono::milliseconds latency);

}  // namespace consent_sync::sandbox
