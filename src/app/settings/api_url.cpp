#include "api_url.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>

#include <fmt/format.h>

namespace consent_sync::app {
namespace {

std::string path_refused(const std::string& address, std::string_view path) {
  constexpr std::string_view before_hash = "/stores/";
  if (!path.starts_with(before_hash))
    return fmt::format("expected no path behind the host: give {}", address);
  path.remove_prefix(before_hash.size());
  return fmt::format("expected no path behind the host: give {}, and {} as store.hash", address,
                     path.substr(0, path.find('/')));
}

}  // namespace

std::string parse_api_url(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos || text.find('@') != std::string_view::npos) return std::string(text);
  const std::size_t slash = std::min(text.find('/', scheme + 3), text.size());
  std::string address(text.substr(0, slash));
  std::transform(address.begin(), address.end(), address.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::string_view usual_port = address.starts_with("https:") ? ":443" : ":80";
  if (address.ends_with(usual_port)) address.resize(address.size() - usual_port.size());
  const std::string_view path = text.substr(slash);
  if (path.find_first_not_of('/') == std::string_view::npos) return address;
  throw std::invalid_argument(path_refused(address, path));
}

}  // namespace consent_sync::app
