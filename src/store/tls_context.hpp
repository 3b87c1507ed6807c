#pragma once

#include <string>
#include <string_view>

#include <boost/asio/ssl/context.hpp>

#include "address.hpp"

namespace consent_sync::store {

/// TLS 1.2 at least, the peer's certificate checked against `ca_file` (PEM), or the system's authorities if
/// it is empty. Throws std::invalid_argument with a sentence, which names the file's `setting`, when they
/// cannot be read, and std::runtime_error when OpenSSL is not fit for it.
boost::asio::ssl::context make_tls_context(const std::string& ca_file, std::string_view setting);

/// The certificate must be for this host; its name also tells the server which certificate to show. False:
/// OpenSSL does not see to that, and would take the certificate of anybody.
[[nodiscard]] bool expect_certificate_of(const Address& address, SSL* connection);

}  // namespace consent_sync::store
