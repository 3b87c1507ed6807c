#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include <consent_sync/store/exchange.hpp>
#include <consent_sync/store/proxy.hpp>

#include "address.hpp"
#include "resolution.hpp"
#include "tls_sessions.hpp"
#include "watchdog.hpp"

namespace consent_sync::store {

class ReplyParser;

/// What all connections of a run share.
struct Peer {
  Peer(Address where, std::optional<Proxy> way, boost::asio::ssl::context context,
       std::chrono::milliseconds step_timeout, std::string agent, std::string certificate_advice);
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  Address address;
  std::optional<Proxy> proxy;  ///< nothing: directly
  TlsSessions sessions;
  boost::asio::ssl::context tls;
  std::chrono::milliseconds timeout;
  std::string user_agent;
  std::string advice;     ///< a sentence for people: what to check when the certificate is refused
  Resolution resolution;  ///< of the proxy, where there is one: it looks up the store's name itself
};

/// One TLS connection at a time, one request at a time on it.
class Connection {
 public:
  Connection(boost::asio::any_io_executor executor, Peer& peer);
  ~Connection();

  bool is_open() const { return stream_ != nullptr; }
  /// How long it has carried nothing.
  std::chrono::steady_clock::duration idle_time() const;

  /// Resolve, connect, handshake; drops what was open. Nothing: done.
  boost::asio::awaitable<std::optional<TransportFailure>> open();

  /// Writes the request and reads the reply, of whose body at most `room` bytes. Closes unless the connection
  /// can carry another request.
  boost::asio::awaitable<Exchange> exchange(std::string_view request, std::size_t room);
  /// A byte of a reply came in the last exchange.
  bool heard_something() const { return heard_something_; }

  /// The open() or exchange() under way ends as cancelled, and so do those begun until allow().
  void abort();
  void allow() { aborted_ = false; }

  void drop();
  boost::asio::awaitable<void> close();

 private:
  struct Stream;
  using Clock = std::chrono::steady_clock;
  using Endpoint = Resolution::Endpoint;
  using Transferred = std::tuple<boost::system::error_code, std::size_t>;

  boost::asio::awaitable<std::optional<TransportFailure>> resolve();
  boost::asio::awaitable<std::optional<TransportFailure>> connect();
  boost::asio::awaitable<std::optional<TransportFailure>> pass_proxy();
  boost::asio::awaitable<std::optional<TransportFailure>> shake_hands();
  boost::asio::awaitable<boost::system::error_code> connect_to(Endpoint endpoint, Clock::duration within);
  boost::asio::awaitable<Transferred> write(std::string_view request);
  boost::asio::awaitable<Transferred> read(ReplyParser& reply);
  boost::system::error_code cause_of(const boost::system::error_code& error) const;
  void cut_off();
  TransportFailure fail(Phase phase, const boost::system::error_code& error) const;
  TransportFailure not_verifiable() const;
  TransportFailure refused_certificate(long verify_result) const;
  TransportFailure refused_by_proxy(int status) const;

  boost::asio::any_io_executor executor_;
  Peer& peer_;
  std::unique_ptr<Stream> stream_;
  boost::asio::steady_timer resolving_;
  Watchdog watchdog_;  ///< of one step at a time, and of a whole exchange
  Clock::time_point last_used_{};
  bool aborted_ = false;
  bool heard_something_ = false;
};

}  // namespace consent_sync::store
