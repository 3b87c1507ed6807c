#include "tls_context.hpp"

#include <fstream>
#include <stdexcept>

#include <fmt/format.h>

namespace consent_sync::store {
namespace {

namespace ssl = boost::asio::ssl;

void trust_file(ssl::context& context, const std::string& ca_file, std::string_view setting) {
  if (!std::ifstream(ca_file)) {
    throw std::invalid_argument(
        fmt::format("{}: \"{}\" cannot be read; check the path and its permissions.", setting, ca_file));
  }
  boost::system::error_code error;
  context.load_verify_file(ca_file, error);
  if (error) {
    throw std::invalid_argument(
        fmt::format("{}: \"{}\" holds no certificate in PEM form.", setting, ca_file));
  }
}

}  // namespace

ssl::context make_tls_context(const std::string& ca_file, std::string_view setting) {
  ssl::context context(ssl::context::tls_client);
  if (SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION) != 1)
    throw std::runtime_error("OpenSSL does not offer TLS 1.2");
  SSL_CTX_set_options(context.native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  context.set_verify_mode(ssl::verify_peer);
  if (ca_file.empty()) {
    context.set_default_verify_paths();
  } else {
    trust_file(context, ca_file, setting);
  }
  return context;
}

bool expect_certificate_of(const Address& address, SSL* connection) {
  const char* const host = address.host.c_str();
  if (address.is_ip) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host) == 1;
  SSL_set_hostflags(connection, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(connection, host) == 1 && SSL_set_tlsext_host_name(connection, host) == 1;
}

}  // namespace consent_sync::store
