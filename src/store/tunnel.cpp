#include "tunnel.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_static_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include "as_result.hpp"

namespace consent_sync::store {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::size_t header_limit = 16 * 1024;
using Buffer = boost::beast::flat_static_buffer<header_limit>;

std::string base64(const std::string& text) {
  std::string encoded(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  encoded.resize(static_cast<std::size_t>(size));
  return encoded;
}

asio::awaitable<TunnelReply> read_reply(asio::ip::tcp::socket& socket, Buffer& buffer) {
  http::response_parser<http::empty_body> parser;
  parser.header_limit(header_limit);
  parser.skip(true);  // after the header it is the tunnel that speaks
  auto [error, count] = co_await http::async_read_header(socket, buffer, parser, as_result);
  TunnelReply reply;
  reply.error = error;
  if (!error) reply.status = static_cast<int>(parser.get().result_int());
  co_return reply;
}

}  // namespace

std::string connect_request(const Proxy& proxy, const Address& address, const std::string& user_agent) {
  const std::string target = address.host_and_port();  // a proxy knows of no usual port
  std::string request =
      fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\nUser-Agent: {1}\r\n", target, user_agent);
  if (!proxy.credentials.empty()) {
    request += fmt::format("Proxy-Authorization: Basic {}\r\n", base64(proxy.credentials));
  }
  return request + "\r\n";
}

asio::awaitable<TunnelReply> open_tunnel(asio::ip::tcp::socket& socket, const std::string& request) {
  TunnelReply reply;
  auto [write_error, written] = co_await asio::async_write(socket, asio::buffer(request), as_result);
  reply.error = write_error;
  if (reply.error) co_return reply;
  Buffer buffer;
  do {
    reply = co_await read_reply(socket, buffer);
  } while (!reply.error && reply.status < 200);  // interim: RFC 9110, 15.2
  // TLS begins with us: whoever speaks first is no tunnel.
  if (!reply.error && reply.status < 300 && buffer.size() > 0) reply.error = http::error::unexpected_body;
  co_return reply;
}

}  // namespace consent_sync::store
