#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <consent_sync/store/exchange.hpp>
#include <consent_sync/store/proxy.hpp>

namespace consent_sync::store {

/// A JSON document for somebody other than the store, such as a web hook: one POST on a connection of its
/// own, with the same TLS rules, steps and words for failures as the store's requests.
struct Post {
  std::string
      url;  ///< "https://HOST[:PORT][/PATH][?QUERY]". May be a secret: never in any message beyond the host
  std::vector<std::pair<std::string, std::string>>
      headers;  ///< beside those of the content; ASCII, one line each
  std::string body;
  std::string ca_file;     ///< as ClientOptions has it
  std::string ca_setting;  ///< names it in messages: "hooks.ca_file"
  ProxyVariables proxy;    ///< how the host is reached; see proxy_for()
  std::string user_agent;
  std::chrono::milliseconds timeout{10000};  ///< for each step
};

/// Throws std::invalid_argument with a sentence for people, which does not repeat the address, when post()
/// could not use it.
void check_post_url(std::string_view url);

/// "HOST[:PORT]" of an address that passed check_post_url().
std::string host_of_post_url(std::string_view url);

/// Throws std::invalid_argument with a sentence, which names the file's setting, when post() could not use
/// it.
void check_ca_file(const std::string& ca_file, std::string_view setting);

/// Sends it once; redirects are not followed. The exchange tells how it went. Throws std::invalid_argument
/// when the address, the proxy or the CA file cannot be used.
boost::asio::awaitable<Exchange> post(boost::asio::any_io_executor executor, Post what);

}  // namespace consent_sync::store
