#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace consent_sync::sandbox {

/// `auto [error, value] = co_await operation(..., tuple)`: what fails is no exception.
inline constexpr auto tuple = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace consent_sync::sandbox
