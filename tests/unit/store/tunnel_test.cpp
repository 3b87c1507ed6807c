#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include <consent_sync/store/client.hpp>

#include "client_fixture.hpp"
#include "held_server.hpp"

// A store that is reached through a proxy.

namespace {

using namespace consent_sync;
using namespace consent_sync::store;
using namespace consent_sync::store::test;
namespace asio = boost::asio;
using std::chrono::milliseconds;

/// A client of store.test, whose name only the proxy would have to know, and a proxy that follows a script.
struct Proxied {
  explicit Proxied(std::vector<std::string> texts, milliseconds timeout = long_time)
      : proxy(io, std::move(texts)), factory(make_client_factory(options(timeout))) {
    client = factory->make(io.get_executor());
  }

  ClientOptions options(milliseconds timeout) const {
    ClientOptions options = options_for("https://store.test", timeout);
    options.proxy.https_proxy = "http://us:secret@127.0.0.1:" + std::to_string(proxy.port());
    return options;
  }

  /// Why a PUT came to nothing; nothing of it has arrived at the store.
  TransportFailure failure() {
    std::optional<Exchange> result;
    asio::co_spawn(io, put(result), [this](std::exception_ptr) { io.stop(); });
    io.run();
    REQUIRE(result);
    REQUIRE(std::holds_alternative<TransportFailure>(result->result));
    TransportFailure failure = std::get<TransportFailure>(result->result);
    CHECK_FALSE(failure.may_have_arrived);
    CHECK(failure.message.find("secret") == std::string::npos);
    return failure;
  }

  asio::awaitable<void> put(std::optional<Exchange>& result) const {
    Exchange done = co_await client->put_consent(consent::CustomerId::from(7).value(),
                                                 consent::Choice::from_masks(1, 14).value());
    result = std::move(done);
  }

  asio::io_context io{1};
  HeldServer proxy;
  std::unique_ptr<ClientFactory> factory;
  std::unique_ptr<Client> client;
};

std::string proxy_reply(int status) {
  return "HTTP/1.1 " + std::to_string(status) + " As It Is\r\n\r\n";
}

}  // namespace

TEST_CASE("a proxy that does not want us will not later, and one that cannot reach the store now may") {
  for (const int status : {302, 403, 407}) {
    CAPTURE(status);
    const TransportFailure failure = Proxied({proxy_reply(status)}).failure();
    CHECK(failure.phase == Phase::proxy);
    CHECK(failure.misconfigured);
    CHECK(failure.message.find("does not let us through to store.test:443 (status " + std::to_string(status) +
                               ")") != std::string::npos);
  }
  for (const int status : {408, 429, 500, 503}) {
    CAPTURE(status);
    const TransportFailure failure = Proxied({proxy_reply(status)}).failure();
    CHECK(failure.phase == Phase::proxy);
    CHECK_FALSE(failure.misconfigured);
    CHECK_FALSE(failure.timed_out);
  }
}

TEST_CASE("an interim reply of the proxy is passed over") {
  const TransportFailure refused =
      Proxied({proxy_reply(100) + proxy_reply(103) + proxy_reply(407)}).failure();
  CHECK(refused.misconfigured);
  CHECK(refused.message.find("(status 407)") != std::string::npos);
  const TransportFailure let_through = Proxied({proxy_reply(103) + proxy_reply(200), "no TLS"}).failure();
  CHECK(let_through.phase == Phase::handshake);
}

TEST_CASE("what speaks no HTTP, or first, is no tunnel") {
  for (const std::string& text :
       {std::string("220 mail.example.com\r\n\r\n"), proxy_reply(200) + "Welcome!"}) {
    CAPTURE(text);
    const TransportFailure failure = Proxied({text}).failure();
    CHECK(failure.phase == Phase::proxy);
    CHECK_FALSE(failure.misconfigured);
    CHECK(failure.message.find("for the way to store.test:443: ") != std::string::npos);
  }
}

TEST_CASE("a proxy that falls silent is a timeout, and can be given up") {
  const TransportFailure late = Proxied({}, short_time).failure();
  CHECK(late.phase == Phase::proxy);
  CHECK(late.timed_out);
  Proxied stopped({});
  stopped.proxy.on_silence = [&] { stopped.client->abort(); };
  const TransportFailure failure = stopped.failure();
  CHECK(failure.phase == Phase::proxy);
  CHECK(failure.cancelled);
}

TEST_CASE("through the tunnel the handshake is with the store, and may fail as any") {
  const TransportFailure failure = Proxied({proxy_reply(200), "this is not TLS"}).failure();
  CHECK(failure.phase == Phase::handshake);
  CHECK_FALSE(failure.misconfigured);
  CHECK(failure.message.starts_with("TLS handshake with store.test:443: "));
}
