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
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  context.set_verify_mode(ssl::verify_peer);
  if (ca_file.empty()) {
    context.set_default_verify_paths();
  } else {
    trust_file(context, ca_file, setting);
  }
  return context;
}

}  // namespace consent_sync::store
