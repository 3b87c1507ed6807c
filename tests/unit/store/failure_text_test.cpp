#include "failure_text.hpp"

#include <doctest/doctest.h>

#include <boost/asio/error.hpp>

namespace {

using namespace consent_sync::store;
namespace asio = boost::asio;

const Address store_address = parse_address("https://api.example.com");

Proxy a_proxy() {
  return proxy_for("api.example.com", {"http://user:secret@proxy:3128", ""}).value();
}

std::string describe(Phase phase, const std::optional<Proxy>& proxy,
                     const boost::system::error_code& code = asio::error::eof) {
  TransportFailure failure;
  failure.phase = phase;
  return describe_failure(failure, store_address, proxy, std::chrono::milliseconds(500), code);
}

TEST_CASE("a failure names its step and the other side: the proxy up to the tunnel, then the store") {
  struct Expected {
    Phase phase;
    const char* directly;
    const char* by_proxy;
  };
  const Expected table[] = {
      {Phase::resolve, "Looking up the address of api.example.com:443",
       "Looking up the address of the proxy proxy:3128"},
      {Phase::connect, "Connecting to api.example.com:443", "Connecting to the proxy proxy:3128"},
      {Phase::proxy, "Asking api.example.com:443",
       "Asking the proxy proxy:3128 for the way to api.example.com:443"},
      {Phase::handshake, "TLS handshake with api.example.com:443", "TLS handshake with api.example.com:443"},
      {Phase::write, "Sending a request to api.example.com:443", "Sending a request to api.example.com:443"},
      {Phase::read, "Reading the reply of api.example.com:443", "Reading the reply of api.example.com:443"},
  };
  const std::string reason = ": the connection was closed";
  for (const Expected& expected : table) {
    CHECK(describe(expected.phase, std::nullopt) == expected.directly + reason);
    CHECK(describe(expected.phase, a_proxy()) == expected.by_proxy + reason);
  }
}

TEST_CASE("a failure tells its reason: we gave up, the time was over, or what the system says") {
  CHECK(describe(Phase::connect, std::nullopt, asio::error::connection_refused)
            .ends_with(": Connection refused"));
  TransportFailure failure;
  failure.timed_out = true;
  const auto tell = [&] {
    return describe_failure(failure, store_address, std::nullopt, std::chrono::milliseconds(500),
                            asio::error::operation_aborted);
  };
  CHECK(tell().ends_with(": no answer within 500 ms"));
  failure.cancelled = true;
  CHECK(tell().ends_with(": given up because the run was stopped"));
}

TEST_CASE("a proxy that refuses is named with what to look at, and without its password") {
  const std::string unauthorised = describe_refusal_by_proxy(a_proxy(), store_address, 407);
  CHECK(unauthorised.find("its user and password stand in HTTPS_PROXY") != std::string::npos);
  const std::string forbidden = describe_refusal_by_proxy(a_proxy(), store_address, 403);
  CHECK(forbidden.find("(status 403)") != std::string::npos);
  CHECK(forbidden.find("NO_PROXY") != std::string::npos);
  for (const std::string& text : {unauthorised, forbidden}) CHECK(text.find("secret") == std::string::npos);
}

}  // namespace
