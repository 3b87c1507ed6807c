#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace consent_sync::store {

/// An HTTP proxy that opens a tunnel to the store (CONNECT, RFC 9110, 9.3.6). TLS is spoken with the store
/// through it: the proxy sees neither token nor choices.
struct Proxy {
  std::string host;  ///< a name, or an IP address without brackets
  std::uint16_t port = 0;
  bool is_ip = false;
  std::string credentials;  ///< "USER:PASSWORD", decoded; empty: none. Never in any message

  /// "HOST:PORT", for messages.
  std::string authority() const;
};

/// What the environment says of proxies, as it stands there.
struct ProxyVariables {
  std::string https_proxy;  ///< http://[USER:PASSWORD@]HOST:PORT; empty: no proxy
  std::string no_proxy;     ///< hosts that are reached directly
};

/// From https_proxy or HTTPS_PROXY, and no_proxy or NO_PROXY: the small ones first, as curl has it.
ProxyVariables proxy_variables_of_environment();

/// The way to a host; nothing: directly. As curl has it, NO_PROXY is a list of names and addresses separated
/// by commas: a name stands for itself and everything below it, "*" for all. Loopback never goes through a
/// proxy. Throws std::invalid_argument, without repeating the address, for a proxy that cannot be used.
std::optional<Proxy> proxy_for(std::string_view host, const ProxyVariables& variables);

}  // namespace consent_sync::store
