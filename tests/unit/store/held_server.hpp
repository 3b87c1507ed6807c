#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace consent_sync::store::test {

/// How long a client waits for it: so that the test sees it give up, or does not.
inline constexpr std::chrono::milliseconds short_time{200};
inline constexpr std::chrono::milliseconds long_time{60'000};

/// A server without TLS on 127.0.0.1, for one connection: it says the n-th text after the n-th request, and
/// once it has been asked for more than it has to say, it is silent and holds the connection. On the client's
/// own io_context, so that nothing happens beside what the test sees.
class HeldServer {
 public:
  HeldServer(boost::asio::io_context& io, std::vector<std::string> texts);

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  int connections() const { return connections_; }

  /// Called once it has heard something and has nothing to say any more.
  std::function<void()> on_silence = [] {};

 private:
  void accept();
  void listen();
  void answer();

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::ip::tcp::socket socket_;
  std::vector<std::string> texts_;
  std::string heard_;
  std::size_t said_ = 0;
  int connections_ = 0;
};

}  // namespace consent_sync::store::test
