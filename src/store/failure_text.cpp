#include "failure_text.hpp"

#include <fmt/format.h>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/http/error.hpp>

#include "printable.hpp"

namespace consent_sync::store {
namespace {

namespace asio = boost::asio;
using boost::beast::http::error;

std::string_view step_towards(Phase phase) {
  switch (phase) {
    case Phase::resolve:
      return "Looking up the address of";
    case Phase::connect:
      return "Connecting to";
    case Phase::proxy:
      return "Asking";
    case Phase::handshake:
      return "TLS handshake with";
    case Phase::write:
      return "Sending a request to";
    case Phase::read:
      return "Reading the reply of";
  }
  return "Talking to";
}

std::string other_side(Phase phase, const Address& address, const std::optional<Proxy>& proxy) {
  if (proxy && (phase == Phase::resolve || phase == Phase::connect)) return "the proxy " + proxy->authority();
  if (proxy && phase == Phase::proxy) {
    return fmt::format("the proxy {} for the way to {}", proxy->authority(), address.host_and_port());
  }
  return address.host_and_port();
}

std::string reason_of(const boost::system::error_code& code) {
  if (code == asio::error::eof || code == asio::ssl::error::stream_truncated ||
      code == error::end_of_stream || code == error::partial_message) {
    return "the connection was closed";
  }
  return printable(code.message());
}

}  // namespace

std::string describe_failure(const TransportFailure& failure, const Address& address,
                             const std::optional<Proxy>& proxy, std::chrono::milliseconds timeout,
                             const boost::system::error_code& error) {
  const std::string why = failure.cancelled   ? "given up because the run was stopped"
                          : failure.timed_out ? fmt::format("no answer within {} ms", timeout.count())
                                              : reason_of(error);
  return fmt::format("{} {}: {}", step_towards(failure.phase), other_side(failure.phase, address, proxy),
                     why);
}

std::string describe_refusal_by_proxy(const Proxy& proxy, const Address& address, int status) {
  const std::string_view advice = status == 407
                                      ? "its user and password stand in HTTPS_PROXY"
                                      : "HTTPS_PROXY names it, and NO_PROXY the hosts to reach without it";
  return fmt::format("The proxy {} does not let us through to {} (status {}): {}.", proxy.authority(),
                     address.host_and_port(), status, advice);
}

std::string describe_lack_of_verification(const Address& address) {
  return fmt::format("TLS handshake with {}: OpenSSL cannot be told whose certificate to expect",
                     address.host_and_port());
}

std::string describe_refused_certificate(const Address& address, std::string_view why,
                                         std::string_view advice) {
  return fmt::format("TLS handshake with {}: the certificate is not accepted ({}). {}",
                     address.host_and_port(), printable(why), advice);
}

}  // namespace consent_sync::store
