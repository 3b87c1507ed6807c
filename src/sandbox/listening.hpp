#pragma once

#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <consent_sync/sandbox/server.hpp>

namespace consent_sync::sandbox {

/// The address that the options name. Throws std::invalid_argument with a sentence when they are impossible.
boost::asio::ip::address listening_address(const Options& options);

void require_quota(std::int64_t quota);

/// Throws std::runtime_error with a sentence when the endpoint cannot be had.
boost::asio::ip::tcp::acceptor listen_on(boost::asio::io_context& context,
                                         const boost::asio::ip::tcp::endpoint& endpoint);

/// How a client on this machine reaches the endpoint.
std::string url_of(const Options& options, const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace consent_sync::sandbox
