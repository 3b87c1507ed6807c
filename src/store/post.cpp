#include <consent_sync/store/post.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "address.hpp"
#include "connection.hpp"
#include "tls_context.hpp"

namespace consent_sync::store {
namespace {

namespace asio = boost::asio;

constexpr std::size_t reply_room = 16 * 1024;  // of its body; more is of no interest

struct Target {
  Address address;
  std::string path_and_query;
};

Target parse_target(std::string_view url) {
  if (!url.starts_with(https_scheme))
    throw std::invalid_argument("expected an address that begins with https://");
  const std::size_t end_of_host = std::min(url.find_first_of("/?", https_scheme.size()), url.size());
  const std::string_view rest = url.substr(end_of_host);
  const bool is_sendable =
      std::all_of(rest.begin(), rest.end(), [](char c) { return c > 0x20 && c < 0x7F && c != '#'; });
  if (!is_sendable)
    throw std::invalid_argument("expected an address without spaces, \"#\" or letters beyond ASCII");
  Target target;
  try {
    target.address = parse_address(url.substr(0, end_of_host));
  } catch (const std::invalid_argument&) {
    throw std::invalid_argument("expected an address such as https://HOST/PATH, without a user name");
  }
  target.path_and_query = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
  return target;
}

std::string write_request(const Target& target, const Post& what) {
  std::string request = fmt::format(
      "POST {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {}\r\nConnection: close\r\nContent-Type: "
      "application/json\r\n"
      "Content-Length: {}\r\n",
      target.path_and_query, target.address.authority(), what.user_agent, what.body.size());
  for (const auto& [name, value] : what.headers) request += fmt::format("{}: {}\r\n", name, value);
  return request + "\r\n" + what.body;
}

}  // namespace

void check_post_url(std::string_view url) {
  parse_target(url);
}

std::string host_of_post_url(std::string_view url) {
  return parse_target(url).address.authority();
}

void check_ca_file(const std::string& ca_file, std::string_view setting) {
  if (!ca_file.empty()) make_tls_context(ca_file, setting);
}

asio::awaitable<Exchange> post(asio::any_io_executor executor, Post what) {
  const Target target = parse_target(what.url);
  Peer peer(target.address, proxy_for(target.address.host, what.proxy),
            make_tls_context(what.ca_file, what.ca_setting), what.timeout, what.user_agent,
            fmt::format("Check {} if it has a private certificate authority.", what.ca_setting));
  Connection connection(executor, peer);
  const std::string request = write_request(target, what);
  std::optional<TransportFailure> failure = co_await connection.open();
  if (failure) co_return Exchange(std::move(*failure));
  Exchange done = co_await connection.exchange(request, reply_room);
  co_return done;
}

}  // namespace consent_sync::store
