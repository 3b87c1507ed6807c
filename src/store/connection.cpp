#include "connection.hpp"

#include <utility>
#include <vector>

#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/read.hpp>

#include "as_result.hpp"
#include "failure_text.hpp"
#include "reply_parser.hpp"
#include "tls_context.hpp"
#include "tunnel.hpp"

namespace consent_sync::store {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::chrono::seconds good_bye(1);

bool is_certificate_refusal(const error_code& error) {
  return error.category() == asio::error::get_ssl_category() &&
         ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_CERTIFICATE_VERIFY_FAILED;
}

}  // namespace

// A TLS stream serves for one connection.
struct Connection::Stream {
  // Asio has OpenSSL give its buffers back after each record, for servers with many idle connections.
  Stream(const asio::any_io_executor& executor, asio::ssl::context& context) : tls(executor, context) {
    SSL_clear_mode(tls.native_handle(), SSL_MODE_RELEASE_BUFFERS);
  }
  // Without a good-bye OpenSSL would not let the session be resumed.
  ~Stream() { SSL_set_shutdown(tls.native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN); }

  asio::ip::tcp::socket& tcp() { return tls.next_layer(); }

  asio::ssl::stream<asio::ip::tcp::socket> tls;
  ReplyBuffer buffer;
};

Peer::Peer(Address where, std::optional<Proxy> way, asio::ssl::context context,
           std::chrono::milliseconds step_timeout, std::string agent, std::string certificate_advice)
    : address(std::move(where)),
      proxy(std::move(way)),
      tls(std::move(context)),
      timeout(step_timeout),
      user_agent(std::move(agent)),
      advice(std::move(certificate_advice)),
      resolution(proxy ? Resolution(proxy->host, proxy->port, proxy->is_ip)
                       : Resolution(address.host, address.port, address.is_ip)) {
  sessions.keep_for(tls.native_handle());
}

Connection::Connection(asio::any_io_executor executor, Peer& peer)
    : executor_(std::move(executor)),
      peer_(peer),
      resolving_(executor_),
      watchdog_(executor_, [this] { cut_off(); }) {}

Connection::~Connection() = default;

Connection::Clock::duration Connection::idle_time() const {
  return Clock::now() - last_used_;
}

void Connection::drop() {
  watchdog_.rest();
  stream_.reset();
}

void Connection::cut_off() {
  error_code ignored;
  if (stream_) stream_->tcp().close(ignored);
}

// The coroutine in between may hold on to the stream: it is closed here, and dropped there.
void Connection::abort() {
  aborted_ = true;
  resolving_.cancel();
  cut_off();
}

asio::awaitable<std::optional<TransportFailure>> Connection::open() {
  drop();
  std::optional<TransportFailure> failure = co_await resolve();
  if (!failure) failure = co_await connect();
  if (!failure && peer_.proxy) failure = co_await pass_proxy();
  if (!failure && !peer_.address.is_plain) failure = co_await shake_hands();
  last_used_ = Clock::now();
  if (failure) drop();
  co_return failure;
}

asio::awaitable<std::optional<TransportFailure>> Connection::resolve() {
  Resolution& resolution = peer_.resolution;
  co_await resolution.wait(resolving_, peer_.timeout);
  if (!aborted_ && !resolution.endpoints().empty()) co_return std::nullopt;
  const error_code error = resolution.error() ? resolution.error() : error_code(beast::error::timeout);
  co_return fail(Phase::resolve, error);
}

// One address after the other, each with its part of the time.
asio::awaitable<std::optional<TransportFailure>> Connection::connect() {
  const Clock::time_point deadline = Clock::now() + peer_.timeout;
  const std::vector<Endpoint> endpoints = peer_.resolution.endpoints();
  error_code error;
  for (std::size_t n = 0; n < endpoints.size() && !aborted_; ++n) {
    const Clock::duration within = (deadline - Clock::now()) / static_cast<int>(endpoints.size() - n);
    error = co_await connect_to(endpoints[n], within);
    if (error) continue;
    peer_.resolution.prefer(endpoints[n]);
    co_return std::nullopt;
  }
  if (!aborted_) peer_.resolution.distrust();
  co_return fail(Phase::connect, error);
}

asio::awaitable<error_code> Connection::connect_to(Endpoint endpoint, Clock::duration within) {
  stream_ = std::make_unique<Stream>(executor_, peer_.tls);
  const Watchdog::Span span(watchdog_, Clock::now() + within);
  auto [error] = co_await stream_->tcp().async_connect(endpoint, as_result);
  error = cause_of(error);
  error_code ignored;
  if (!error) stream_->tcp().set_option(asio::ip::tcp::no_delay(true), ignored);
  co_return error;
}

asio::awaitable<std::optional<TransportFailure>> Connection::pass_proxy() {
  const std::string request = connect_request(*peer_.proxy, peer_.address, peer_.user_agent);
  const Watchdog::Span span(watchdog_, Clock::now() + peer_.timeout);
  TunnelReply reply = co_await open_tunnel(stream_->tcp(), request);
  reply.error = cause_of(reply.error);
  if (reply.error) co_return fail(Phase::proxy, reply.error);
  if (reply.status >= 300) co_return refused_by_proxy(reply.status);
  co_return std::nullopt;
}

asio::awaitable<std::optional<TransportFailure>> Connection::shake_hands() {
  if (!expect_certificate_of(peer_.address, stream_->tls.native_handle())) co_return not_verifiable();
  peer_.sessions.offer(stream_->tls.native_handle());
  const Watchdog::Span span(watchdog_, Clock::now() + peer_.timeout);
  auto [error] = co_await stream_->tls.async_handshake(asio::ssl::stream_base::client, as_result);
  error = cause_of(error);
  if (!error) co_return std::nullopt;
  if (is_certificate_refusal(error)) {
    co_return refused_certificate(SSL_get_verify_result(stream_->tls.native_handle()));
  }
  co_return fail(Phase::handshake, error);
}

/// What ended a step: it was cut off, by us or by the watchdog (if only after its last byte), or `error` came
/// of itself.
error_code Connection::cause_of(const error_code& error) const {
  if (aborted_) return asio::error::operation_aborted;
  return watchdog_.is_late() ? error_code(beast::error::timeout) : error;
}

asio::awaitable<Exchange> Connection::exchange(std::string_view request, std::size_t room) {
  heard_something_ = false;
  const Watchdog::Span span(watchdog_, Clock::now() + peer_.timeout);
  auto [write_error, written] = co_await write(request);
  if (write_error || aborted_) {
    const error_code cause = cause_of(write_error);
    drop();
    co_return Exchange(fail(Phase::write, cause));
  }
  const Clock::time_point sent_at = Clock::now();

  stream_->buffer.make_room(room);
  std::optional<ReplyParser> reply;
  error_code read_error;
  do {
    reply.emplace(stream_->buffer);
    auto [error, count] = co_await read(*reply);
    heard_something_ = heard_something_ || reply->got_some();
    read_error = error;
  } while (!read_error && reply->is_interim());

  last_used_ = Clock::now();
  if (!reply->is_header_done() || (read_error && aborted_)) {
    const error_code cause = cause_of(read_error);
    drop();
    co_return Exchange(fail(Phase::read, cause));
  }
  Exchange done(reply->take(!read_error));
  done.latency = std::chrono::duration_cast<std::chrono::microseconds>(last_used_ - sent_at);
  const bool is_usable = !read_error && !aborted_ && !watchdog_.is_late() && reply->keep_alive();
  if (!is_usable || stream_->buffer.unparsed.size() > 0) drop();
  co_return done;
}

asio::awaitable<Connection::Transferred> Connection::write(std::string_view request) {
  const auto bytes = asio::buffer(request);
  if (peer_.address.is_plain) return asio::async_write(stream_->tcp(), bytes, as_result);
  return asio::async_write(stream_->tls, bytes, as_result);
}

asio::awaitable<Connection::Transferred> Connection::read(ReplyParser& reply) {
  beast::flat_buffer& buffer = stream_->buffer.unparsed;
  if (peer_.address.is_plain) return http::async_read(stream_->tcp(), buffer, reply, as_result);
  return http::async_read(stream_->tls, buffer, reply, as_result);
}

asio::awaitable<void> Connection::close() {
  if (stream_ && !peer_.address.is_plain) {
    const Watchdog::Span span(watchdog_, Clock::now() + good_bye);
    co_await stream_->tls.async_shutdown(as_result);
  }
  drop();
}

TransportFailure Connection::fail(Phase phase, const error_code& error) const {
  TransportFailure failure;
  failure.phase = phase;
  failure.cancelled = aborted_;
  failure.timed_out = !aborted_ && error == beast::error::timeout;
  failure.may_have_arrived = phase == Phase::write || phase == Phase::read;
  failure.message = describe_failure(failure, peer_.address, peer_.proxy, peer_.timeout, error);
  return failure;
}

// A proxy that cannot reach the store now may later; one that does not want us will not.
TransportFailure Connection::refused_by_proxy(int status) const {
  TransportFailure failure;
  failure.phase = Phase::proxy;
  failure.misconfigured = status < 500 && status != 408 && status != 429;
  failure.message = describe_refusal_by_proxy(*peer_.proxy, peer_.address, status);
  return failure;
}

// OpenSSL may have been short of memory.
TransportFailure Connection::not_verifiable() const {
  TransportFailure failure;
  failure.phase = Phase::handshake;
  failure.message = describe_lack_of_verification(peer_.address);
  return failure;
}

TransportFailure Connection::refused_certificate(long verify_result) const {
  TransportFailure failure;
  failure.phase = Phase::handshake;
  failure.misconfigured = true;
  failure.message =
      describe_refused_certificate(peer_.address, X509_verify_cert_error_string(verify_result), peer_.advice);
  return failure;
}

}  // namespace consent_sync::store
