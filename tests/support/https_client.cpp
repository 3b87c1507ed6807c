#include "https_client.hpp"

#include <optional>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace consent_sync::test {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

namespace {

HttpsFailure failure_of(error_code error, HttpsFailure otherwise) {
  if (error == beast::error::timeout) return HttpsFailure::timed_out;
  if (error == http::error::end_of_stream) return HttpsFailure::closed;
  if (error == asio::ssl::error::stream_truncated || error == http::error::partial_message) {
    return HttpsFailure::truncated;
  }
  if (error == asio::error::connection_reset || error == asio::error::broken_pipe) return HttpsFailure::reset;
  if (error.message().find("certificate verify failed") != std::string::npos)
    return HttpsFailure::certificate;
  return otherwise;
}

}  // namespace

struct HttpsClient::Impl {
  using Stream = asio::ssl::stream<asio::ip::tcp::socket>;

  explicit Impl(HttpsOptions with) : options(std::move(with)) {
    if (options.ca_file.empty()) {
      tls.set_default_verify_paths();
    } else {
      tls.load_verify_file(options.ca_file);
    }
    tls.set_verify_mode(asio::ssl::verify_peer);
    tls.set_verify_callback(asio::ssl::host_name_verification(options.host));
  }

  /// Runs one asynchronous step to its end, within the timeout.
  template <typename Start>
  error_code step(Start start) {
    std::optional<error_code> result;
    start([&result](error_code error, auto&&...) { result = error; });
    context.restart();
    context.run_for(options.timeout);
    if (result) return *result;
    stream->next_layer().close();
    context.run();
    return beast::error::timeout;
  }

  std::optional<HttpsFailure> open() {
    if (stream) return std::nullopt;
    stream.emplace(context, tls);
    buffer.clear();
    const auto address = asio::ip::make_address(options.host == "localhost" ? "127.0.0.1" : options.host);
    const asio::ip::tcp::endpoint endpoint(address, options.port);
    SSL_set_tlsext_host_name(stream->native_handle(), options.host.c_str());
    auto error = step([&](auto done) { stream->next_layer().async_connect(endpoint, done); });
    if (error) return failure_of(error, HttpsFailure::connect);
    error = step([&](auto done) { stream->async_handshake(asio::ssl::stream_base::client, done); });
    if (error) return failure_of(error, HttpsFailure::handshake);
    return std::nullopt;
  }

  std::optional<HttpsFailure> exchange(http::request<http::string_body>& request,
                                       http::response<http::string_body>& response) {
    if (const auto failure = open()) return failure;
    auto error = step([&](auto done) { http::async_write(*stream, request, done); });
    if (error) return failure_of(error, HttpsFailure::reset);
    error = step([&](auto done) { http::async_read(*stream, buffer, response, done); });
    if (error) return failure_of(error, HttpsFailure::malformed);
    return std::nullopt;
  }

  HttpsOptions options;
  asio::io_context context;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  std::optional<Stream> stream;
  beast::flat_buffer buffer;
};

HttpsClient::HttpsClient(HttpsOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
HttpsClient::~HttpsClient() = default;

HttpsReply HttpsClient::request(const std::string& method, const std::string& target, const Headers& headers,
                                const std::string& body) {
  http::request<http::string_body> request;
  request.version(11);
  request.method_string(method);
  request.target(target);
  request.set(http::field::host, impl_->options.host);
  for (const auto& [name, value] : headers) request.set(name, value);
  request.body() = body;
  request.prepare_payload();

  HttpsReply reply;
  http::response<http::string_body> response;
  if (const auto failure = impl_->exchange(request, response)) {
    impl_->stream.reset();
    reply.failure = *failure;
    return reply;
  }
  // Beast moves it into its parser and back. NOLINTNEXTLINE(clang-analyzer-cplusplus.Move)
  reply.status = static_cast<int>(response.result_int());
  for (const auto& field : response)
    reply.headers[std::string(field.name_string())] = std::string(field.value());
  reply.body = response.body();
  reply.keep_alive = response.keep_alive();
  if (!reply.keep_alive) impl_->stream.reset();
  return reply;
}

}  // namespace consent_sync::test
