#include "connection.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include "as_tuple.hpp"

namespace consent_sync::sandbox {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint32_t header_limit = 64 * 1024;
constexpr std::uint64_t body_limit = 64 * 1024;
/// How long a goodbye waits for the client's own. One that is idle does not read it.
constexpr std::chrono::milliseconds goodbye{50};
constexpr std::chrono::milliseconds lingering{1000};

struct Connection {
  Connection(tcp::socket socket, asio::ssl::context& tls, std::int64_t accepted_as)
      : number(accepted_as), stream(std::move(socket), tls), timer(stream.get_executor()) {}

  tcp::socket& socket() { return stream.next_layer(); }

  const std::int64_t number;
  asio::ssl::stream<tcp::socket> stream;
  asio::steady_timer timer;
  beast::flat_buffer buffer;
};

using RequestParser = http::request_parser<http::string_body>;

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

Request request_of(const RequestParser& parser) {
  const auto& message = parser.get();
  Request request;
  request.method = view(message.method_string());
  request.target = view(message.target());
  request.token = view(message["X-Auth-Token"]);
  request.content_type = view(message[http::field::content_type]);
  request.accept = view(message[http::field::accept]);
  request.body = message.body();
  return request;
}

/// The status for what the HTTP parser refused; 0 if the connection simply ended.
int status_of(error_code error) {
  if (error == http::error::end_of_stream || error == http::error::partial_message) return 0;
  if (error == http::error::body_limit) return 413;
  if (error == http::error::header_limit) return 431;
  return error.category() == make_error_code(http::error::bad_method).category() ? 400 : 0;
}

void close_with_reset(Connection& connection) {
  error_code ignored;
  connection.socket().set_option(asio::socket_base::linger(true, 0), ignored);
  connection.socket().close(ignored);
}

void close_with_fin(Connection& connection) {
  error_code ignored;
  connection.socket().shutdown(tcp::socket::shutdown_both, ignored);
  connection.socket().close(ignored);
}

/// Reads what the client still sends until it closes too. Closing earlier would make TCP answer that with a
/// reset, which can overtake the reply.
asio::awaitable<void> drain(std::shared_ptr<Connection> connection) {
  connection->timer.expires_after(lingering);
  connection->timer.async_wait([connection](error_code error) {
    if (!error) close_with_fin(*connection);
  });
  std::array<char, 4096> discarded{};
  const auto space = asio::buffer(discarded);
  error_code error;
  while (!error) {
    co_await connection->socket().async_read_some(space, asio::redirect_error(asio::use_awaitable, error));
  }
  connection->timer.cancel();
}

/// TLS close_notify, then FIN, also when the client never answers.
asio::awaitable<void> say_goodbye(std::shared_ptr<Connection> connection) {
  connection->timer.expires_after(goodbye);
  connection->timer.async_wait([connection](error_code error) {
    error_code ignored;
    if (!error) connection->socket().cancel(ignored);
  });
  error_code ignored;
  co_await connection->stream.async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
  connection->socket().shutdown(tcp::socket::shutdown_send, ignored);
  co_await drain(connection);
  close_with_fin(*connection);
}

/// False if the connection is at its end.
asio::awaitable<bool> deliver(std::shared_ptr<Connection> connection, const Reply& reply, bool keep_alive) {
  switch (reply.delivery) {
    case Delivery::reset:
      close_with_reset(*connection);
      co_return false;
    case Delivery::stall:
      connection->timer.expires_after(reply.stall_for);
      co_await connection->timer.async_wait(tuple);
      close_with_fin(*connection);
      co_return false;
    case Delivery::fin:
      close_with_fin(*connection);
      co_return false;
    case Delivery::truncate:
    case Delivery::send:
      break;
  }
  const auto wire = to_wire(reply, keep_alive);
  const auto bytes = asio::buffer(wire);
  auto [error, written] = co_await asio::async_write(connection->stream, bytes, tuple);
  if (error) co_return false;
  if (reply.delivery == Delivery::truncate) {
    close_with_fin(*connection);
    co_return false;
  }
  if (keep_alive && !reply.silent_close) co_return true;
  co_await say_goodbye(connection);
  co_return false;
}

asio::awaitable<bool> exchange(std::shared_ptr<Connection> connection, SharedShop& shared,
                               std::chrono::milliseconds latency) {
  RequestParser parser;
  parser.header_limit(header_limit);
  parser.body_limit(body_limit);
  auto [error, size] = co_await http::async_read(connection->stream, connection->buffer, parser, tuple);
  if (error) {
    const auto status = status_of(error);
    if (status == 0) co_return false;
    const auto refusal = error_reply(status, "");
    co_return co_await deliver(connection, refusal, false);
  }

  const auto request = request_of(parser);
  std::unique_lock lock(shared.mutex);
  const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  if (const auto shopper = shared.shop.as_shopper(request, now)) {
    lock.unlock();
    co_return co_await deliver(connection, *shopper, parser.keep_alive());
  }
  if (connection->number < shared.newest_used) ++shared.by_older_connection;
  shared.newest_used = std::max(shared.newest_used, connection->number);
  const auto arrival = shared.shop.arrive(request, std::chrono::steady_clock::now());
  lock.unlock();

  const auto delay = arrival.strike.delay + latency;
  if (delay.count() > 0) {
    connection->timer.expires_after(delay);
    co_await connection->timer.async_wait(tuple);
  }

  lock.lock();
  const auto civil_now =
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  const auto reply = shared.shop.answer(arrival, request, std::chrono::steady_clock::now(), civil_now);
  lock.unlock();

  const bool keep_alive = parser.keep_alive() && !reply.announced_close;
  co_return co_await deliver(connection, reply, keep_alive);
}

asio::awaitable<void> serve_all(std::shared_ptr<Connection> connection, SharedShop& shared,
                                std::chrono::milliseconds latency) {
  auto [error] = co_await connection->stream.async_handshake(asio::ssl::stream_base::server, tuple);
  if (error) co_return;
  {
    const std::lock_guard lock(shared.mutex);
    ++shared.handshakes;
  }
  bool open = true;
  while (open) open = co_await exchange(connection, shared, latency);
}

}  // namespace

asio::awaitable<void> serve(tcp::socket socket, asio::ssl::context& tls, std::int64_t number,
                            SharedShop& shared, std::chrono::milliseconds latency) {
  return serve_all(std::make_shared<Connection>(std::move(socket), tls, number), shared, latency);
}

}  // namespace consent_sync::sandbox
