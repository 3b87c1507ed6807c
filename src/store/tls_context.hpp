#pragma once

#include <string>
#include <string_view>

#include <boost/asio/ssl/context.hpp>

namespace consent_sync::store {

/// TLS 1.2 at least, the peer's certificate checked against `ca_file` (PEM), or the system's authorities if
/// it is empty. Throws std::invalid_argument with a sentence, which names the file's `setting`, when they
/// cannot be read.
boost::asio::ssl::context make_tls_context(const std::string& ca_file, std::string_view setting);

}  // namespace consent_sync::store
