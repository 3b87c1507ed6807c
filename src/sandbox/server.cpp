#include <consent_sync/sandbox/server.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include "certificate.hpp"
#include "listening.hpp"
#include "shop.hpp"

namespace consent_sync::sandbox {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::uint32_t header_limit = 64 * 1024;
constexpr std::uint64_t body_limit = 64 * 1024;
/// How long a goodbye waits for the client's own. One that is idle does not read it.
constexpr std::chrono::milliseconds goodbye{50};
constexpr std::chrono::milliseconds lingering{1000};

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

asio::awaitable<void> serve(std::shared_ptr<Connection> connection, SharedShop& shared,
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

/// A defect in the sandbox has to be loud: the exception leaves the thread and ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

asio::awaitable<void> accept_all(tcp::acceptor& acceptor, asio::ssl::context& tls, SharedShop& shared,
                                 std::chrono::milliseconds latency) {
  asio::steady_timer pause(acceptor.get_executor());
  while (acceptor.is_open()) {
    auto [error, socket] = co_await acceptor.async_accept(tuple);
    if (error) {
      // Out of file descriptors, most likely: there will be some when clients leave.
      pause.expires_after(std::chrono::milliseconds(20));
      co_await pause.async_wait(tuple);
      continue;
    }
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    std::int64_t number = 0;
    {
      const std::lock_guard lock(shared.mutex);
      number = ++shared.connections;
    }
    auto connection = std::make_shared<Connection>(std::move(socket), tls, number);
    asio::co_spawn(acceptor.get_executor(), serve(std::move(connection), shared, latency), rethrow);
  }
}

void set_up_tls(asio::ssl::context& tls, const Certificate& certificate) {
  tls.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
  tls.use_certificate(asio::buffer(certificate.certificate), asio::ssl::context::pem);
  tls.use_private_key(asio::buffer(certificate.private_key), asio::ssl::context::pem);
}

ShopOptions shop_options(const Options& options) {
  ShopOptions shop;
  shop.store_hash = options.store_hash;
  shop.token = options.token;
  shop.read_only_token = options.read_only_token;
  shop.customers = options.customers;
  shop.emails = options.emails;
  shop.quota = options.quota;
  shop.window = options.window;
  shop.seed = options.seed;
  shop.faults = options.faults;
  return shop;
}

}  // namespace

struct Server::Impl {
  explicit Impl(const Options& options)
      : address(listening_address(options)),
        shared(shop_options(options)),
        tls(asio::ssl::context::tls_server),
        context(1),
        acceptor(listen_on(context, tcp::endpoint(address, options.port))),
        endpoint(acceptor.local_endpoint()),
        url(url_of(options, endpoint)) {
    const auto certificate = make_certificate(address.to_string());
    set_up_tls(tls, certificate);
    if (!options.ca_file.empty()) write_whole_file(options.ca_file, certificate.authority);
    asio::co_spawn(context, accept_all(acceptor, tls, shared, options.latency), rethrow);
    thread = std::thread([this] { context.run(); });
  }

  ~Impl() {
    context.stop();
    thread.join();
  }

  asio::ip::address address;
  SharedShop shared;
  // The context's end destroys the coroutines, which use what stands above it.
  asio::ssl::context tls;
  asio::io_context context;
  tcp::acceptor acceptor;
  tcp::endpoint endpoint;
  std::string url;
  std::thread thread;
};

Server::Server(Options options) : impl_(std::make_unique<Impl>(options)) {}
Server::~Server() = default;

std::string Server::api_url() const {
  return impl_->url;
}
unsigned short Server::port() const {
  return impl_->endpoint.port();
}

Counters Server::counters() const {
  const std::lock_guard lock(impl_->shared.mutex);
  auto counters = impl_->shared.shop.counters();
  counters.connections = impl_->shared.connections;
  counters.handshakes = impl_->shared.handshakes;
  counters.by_older_connection = impl_->shared.by_older_connection;
  return counters;
}

std::int64_t Server::puts_of(consent::CustomerId customer) const {
  const std::lock_guard lock(impl_->shared.mutex);
  return impl_->shared.shop.customers().look_up(customer.value()).puts;
}

std::optional<consent::Choice> Server::consent_of(consent::CustomerId customer) const {
  const std::lock_guard lock(impl_->shared.mutex);
  const auto& customers = impl_->shared.shop.customers();
  if (!customers.exists(customer.value())) return std::nullopt;
  return customers.look_up(customer.value()).held;
}

void Server::set_consent(consent::CustomerId customer, consent::Choice choice) {
  const std::lock_guard lock(impl_->shared.mutex);
  impl_->shared.shop.customers().at(customer.value()).held = choice;
}

void Server::add_faults(std::vector<Fault> faults) {
  const std::lock_guard lock(impl_->shared.mutex);
  impl_->shared.shop.faults().add(std::move(faults));
}

void Server::set_faults(std::vector<Fault> faults) {
  const std::lock_guard lock(impl_->shared.mutex);
  impl_->shared.shop.faults().replace(std::move(faults));
}

void Server::revoke_token() {
  const std::lock_guard lock(impl_->shared.mutex);
  impl_->shared.shop.set_revoked(true);
}

void Server::restore_token() {
  const std::lock_guard lock(impl_->shared.mutex);
  impl_->shared.shop.set_revoked(false);
}

void Server::set_quota(std::int64_t quota) {
  require_quota(quota);
  const std::lock_guard lock(impl_->shared.mutex);
  impl_->shared.shop.quota().set_quota(quota);
}

}  // namespace consent_sync::sandbox
