#include "address.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "loopback.hpp"
#include "printable.hpp"

namespace consent_sync::store {
namespace {

bool is_ipv4(const std::string& host) {
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_host_name(std::string_view host) {
  return !host.empty() && host.size() <= 253 && is_alphanumeric(host.front()) &&
         std::all_of(host.begin(), host.end(),
                     [](char c) { return is_alphanumeric(c) || c == '.' || c == '-' || c == '_'; });
}

bool is_path(std::string_view path) {
  return std::all_of(path.begin(), path.end(),
                     [](char c) { return c > 0x20 && c < 0x7F && c != '?' && c != '#'; });
}

[[noreturn]] void refuse(std::string_view api_url, std::string_view why) {
  // What stands before an "@" may be a password.
  const std::string_view shown = api_url.find('@') == std::string_view::npos ? api_url : "the address";
  throw std::invalid_argument(fmt::format(
      "store.api_url: {} {}; it looks like \"https://api.bigcommerce.com\".", printable(shown), why));
}

std::uint16_t parse_port(std::string_view api_url, std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) {
    refuse(api_url, "has no port from 1 to 65535 behind the colon");
  }
  return port;
}

}  // namespace

std::string Address::authority() const {
  const std::string shown = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (is_plain ? 80 : 443) ? shown : fmt::format("{}:{}", shown, port);
}

std::string Address::host_and_port() const {
  const std::string shown = authority();
  return port == (is_plain ? 80 : 443) ? fmt::format("{}:{}", shown, port) : shown;
}

namespace {

/// What stands behind the https_scheme.
Address parse_rest(std::string_view api_url, std::string_view rest, std::uint16_t usual_port) {
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  std::string_view host = rest.substr(0, slash);
  std::string_view path = rest.substr(slash);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (host.find('@') != std::string_view::npos)
    refuse(api_url, "holds a user name; the token is set elsewhere");
  if (!is_path(path)) refuse(api_url, "holds a character that is none of a path's");

  Address address;
  address.port = usual_port;
  address.path_prefix = path;
  const std::size_t bracket = host.starts_with('[') ? host.find(']') : std::string_view::npos;
  const std::size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    address.port = parse_port(api_url, host.substr(colon + 1));
    host = host.substr(0, colon);
  }
  if (bracket != std::string_view::npos) {
    if (!host.ends_with(']')) refuse(api_url, "has something between the \"]\" and the port");
    address.host = host.substr(1, host.size() - 2);
    if (!is_ipv6(address.host)) refuse(api_url, "has no IPv6 address between the brackets");
    address.is_ip = true;
    return address;
  }
  if (!is_host_name(host)) refuse(api_url, "has no usable host name");
  address.host = host;
  address.is_ip = is_ipv4(address.host);
  return address;
}

}  // namespace

Address parse_address(std::string_view api_url, bool allow_plain_http) {
  if (api_url.starts_with(https_scheme)) return parse_rest(api_url, api_url.substr(https_scheme.size()), 443);
  if (!api_url.starts_with(http_scheme)) refuse(api_url, "does not begin with https://");
  if (!allow_plain_http) refuse(api_url, "is not encrypted, and the token would be readable on the way");
  Address address = parse_rest(api_url, api_url.substr(http_scheme.size()), 80);
  if (!is_loopback(address.host)) {
    refuse(api_url,
           "is not encrypted: store.allow_plain_http is for this machine itself (127.0.0.1, localhost) only");
  }
  address.is_plain = true;
  return address;
}

}  // namespace consent_sync::store
