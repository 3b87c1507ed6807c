#include "listening.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace consent_sync::sandbox {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

void require(bool holds, const char* sentence) {
  if (!holds) throw std::invalid_argument(sentence);
}

}  // namespace

void require_quota(std::int64_t quota) {
  require(quota >= 0, "The sandbox's quota must not be negative; 0 means none.");
}

asio::ip::address listening_address(const Options& options) {
  require(!options.token.empty(), "The sandbox needs a token.");
  require(!options.store_hash.empty(), "The sandbox needs a store hash.");
  require(options.customers >= 0, "The sandbox's number of customers must not be negative.");
  require(options.window.count() > 0, "The sandbox's quota window must be longer than nothing.");
  require(options.latency.count() >= 0, "The sandbox's latency must not be negative.");
  require_quota(options.quota);
  error_code error;
  auto address = asio::ip::make_address(options.host == "localhost" ? "127.0.0.1" : options.host, error);
  require(!error, "The sandbox's host must be an IP address or localhost.");
  return address;
}

tcp::acceptor listen_on(asio::io_context& context, const tcp::endpoint& endpoint) {
  try {
    return {context, endpoint};
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error(fmt::format("The sandbox cannot listen on {} port {}: {}.",
                                         endpoint.address().to_string(), endpoint.port(),
                                         error.code().message()));
  }
}

std::string url_of(const Options& options, const tcp::endpoint& endpoint) {
  const auto& address = endpoint.address();
  auto host = options.host;
  if (address.is_v6()) host = "[" + host + "]";
  if (address.is_unspecified()) host = "localhost";
  return fmt::format("https://{}:{}", host, endpoint.port());
}

}  // namespace consent_sync::sandbox
