#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <boost/system/error_code.hpp>

#include <consent_sync/store/exchange.hpp>
#include <consent_sync/store/proxy.hpp>

#include "address.hpp"

namespace consent_sync::store {

/// "TLS handshake with api.bigcommerce.com:443: no answer within 30000 ms"
std::string describe_failure(const TransportFailure& failure, const Address& address,
                             const std::optional<Proxy>& proxy, std::chrono::milliseconds timeout,
                             const boost::system::error_code& error);

std::string describe_refusal_by_proxy(const Proxy& proxy, const Address& address, int status);

std::string describe_lack_of_verification(const Address& address);

/// `advice`: a sentence, what to check.
std::string describe_refused_certificate(const Address& address, std::string_view why,
                                         std::string_view advice);

}  // namespace consent_sync::store
