#pragma once

#include <cstddef>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <consent_sync/store/proxy.hpp>

#include "address.hpp"

namespace consent_sync::store {

/// What a proxy said to CONNECT.
struct TunnelReply {
  boost::system::error_code error;  ///< no reply, or none that can be read
  int status = 0;                   ///< a tunnel is there only with 200 to 299
};

/// "CONNECT host:port HTTP/1.1 ...", with the proxy's credentials.
std::string connect_request(const Proxy& proxy, const Address& address, const std::string& user_agent);

/// Asks the proxy at the other end of `socket` for a tunnel. Ends when the socket is closed, too.
boost::asio::awaitable<TunnelReply> open_tunnel(boost::asio::ip::tcp::socket& socket,
                                                const std::string& request);

}  // namespace consent_sync::store
