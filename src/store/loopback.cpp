#include "loopback.hpp"

#include <string>

#include <boost/asio/ip/address.hpp>

namespace consent_sync::store {

bool is_loopback(std::string_view host) {
  if (host == "localhost") return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string(host), error);
  return !error && address.is_loopback();
}

}  // namespace consent_sync::store
