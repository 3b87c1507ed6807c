#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace consent_sync::store {

inline constexpr std::string_view https_scheme = "https://";
inline constexpr std::string_view http_scheme = "http://";

/// Where the API is: what store.api_url says.
struct Address {
  std::string host;  ///< a name, or an IP address without brackets
  std::uint16_t port = 443;
  std::string path_prefix;  ///< "" or "/something", without a slash at the end
  bool is_ip = false;
  bool is_plain = false;  ///< http://, to this machine itself

  /// As a Host header has it: "api.example.com", "[::1]:8443".
  std::string authority() const;
  /// For messages: always with the port.
  std::string host_and_port() const;
};

/// Reads "https://HOST[:PORT][/PREFIX]", and, where it is allowed, "http://..." with a host that is this
/// machine. Throws std::invalid_argument with a sentence for people for anything else.
Address parse_address(std::string_view api_url, bool allow_plain_http = false);

}  // namespace consent_sync::store
