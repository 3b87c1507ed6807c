#include <consent_sync/store/proxy.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <stdexcept>

#include <fmt/format.h>

#include "address.hpp"
#include "loopback.hpp"

namespace consent_sync::store {
namespace {

[[noreturn]] void refuse(std::string_view why) {
  throw std::invalid_argument(
      fmt::format("HTTPS_PROXY: {}; it looks like \"http://proxy.example.com:3128\".", why));
}

std::string lower(std::string_view text) {
  std::string small(text);
  for (char& c : small) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return small;
}

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

char byte_of(std::string_view hex_digits) {
  unsigned byte = 0;
  const char* end = hex_digits.data() + hex_digits.size();
  const auto read = std::from_chars(hex_digits.data(), end, byte, 16);
  if (hex_digits.size() != 2 || read.ec != std::errc() || read.ptr != end) {
    refuse("a \"%\" in user or password is not followed by two hexadecimal digits");
  }
  return static_cast<char>(byte);
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    decoded += byte_of(text.substr(i + 1, 2));
    i += 2;
  }
  return decoded;
}

Proxy parse_proxy(std::string_view text) {
  const std::size_t scheme_end = text.find("://");
  if (scheme_end != std::string_view::npos && !lower(text).starts_with(http_scheme)) {
    refuse("only a proxy that is asked over http:// can be used");
  }
  std::string_view rest = scheme_end == std::string_view::npos ? text : text.substr(scheme_end + 3);
  while (rest.ends_with('/')) rest.remove_suffix(1);
  Proxy proxy;
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    proxy.credentials = percent_decoded(rest.substr(0, at));
    rest = rest.substr(at + 1);
  }
  if (rest.find('/') != std::string_view::npos) refuse("it has a path");
  // An IPv6 address ends with a bracket.
  if (rest.find(':', rest.starts_with('[') ? std::min(rest.find(']'), rest.size()) : 0) ==
      std::string_view::npos) {
    refuse("it names no port");
  }
  try {
    const Address address = parse_address("https://" + std::string(rest));
    proxy.host = address.host;
    proxy.port = address.port;
    proxy.is_ip = address.is_ip;
  } catch (const std::invalid_argument&) {
    refuse("it is no address of a proxy");
  }
  return proxy;
}

bool is_named_by(std::string_view host, std::string_view entry) {
  if (entry == "*") return true;
  while (entry.starts_with('.')) entry.remove_prefix(1);
  if (entry.empty() || !host.ends_with(entry)) return false;
  return host.size() == entry.size() || host[host.size() - entry.size() - 1] == '.';
}

bool is_exempt(std::string_view host, std::string_view no_proxy) {
  const std::string name = lower(host);
  const std::string list = lower(no_proxy);
  for (std::string_view rest = list; !rest.empty();) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    if (is_named_by(name, trim(rest.substr(0, end)))) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

std::string variable(const char* small, const char* capital) {
  if (const char* value = std::getenv(small)) return value;
  const char* value = std::getenv(capital);
  return value == nullptr ? "" : value;
}

}  // namespace

std::string Proxy::authority() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

ProxyVariables proxy_variables_of_environment() {
  return {variable("https_proxy", "HTTPS_PROXY"), variable("no_proxy", "NO_PROXY")};
}

std::optional<Proxy> proxy_for(std::string_view host, const ProxyVariables& variables) {
  const std::string_view proxy = trim(variables.https_proxy);
  if (proxy.empty() || is_loopback(host) || is_exempt(host, variables.no_proxy)) return std::nullopt;
  return parse_proxy(proxy);
}

}  // namespace consent_sync::store
