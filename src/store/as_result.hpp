#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace consent_sync::store {

/// To wait for an operation whose failure is no exception: its error code comes with what it returns.
inline constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace consent_sync::store
