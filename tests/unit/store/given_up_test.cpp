#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include <consent_sync/store/judge.hpp>

#include "choice_of_seven.hpp"
#include "client_fixture.hpp"
#include "exchange_result.hpp"
#include "held_server.hpp"

// An exchange that does not come to its end: for want of time, or because the run is stopped.

namespace {

using namespace consent_sync;
using namespace consent_sync::store;
using namespace consent_sync::store::test;
namespace asio = boost::asio;
using std::chrono::milliseconds;

const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 71\r\n\r\n";
const std::string body = R"({"allow":["essential"],"deny":["functional","analytics","targeting"]}  )";

/// A client, and a server that falls silent.
struct Silence {
  Silence(std::vector<std::string> texts, const std::string& scheme, milliseconds timeout)
      : server(io, std::move(texts)), factory(make_client_factory(options(scheme, timeout))) {
    client = factory->make(io.get_executor());
  }

  ClientOptions options(const std::string& scheme, milliseconds timeout) const {
    ClientOptions options = options_for(scheme + "://127.0.0.1:" + std::to_string(server.port()), timeout);
    options.allow_plain_http = scheme == "http";
    return options;
  }

  /// What came of the last of so many PUTs.
  Exchange put(int times) {
    std::vector<Exchange> results;
    asio::co_spawn(io, puts(times, results), [this](std::exception_ptr) { io.stop(); });
    io.run();
    REQUIRE(results.size() == static_cast<std::size_t>(times));
    return results.back();
  }

  asio::awaitable<void> puts(int times, std::vector<Exchange>& results) const {
    for (int n = 0; n < times; ++n) {
      Exchange done = co_await client->put_consent(seven, asked);
      results.push_back(done);
    }
  }

  asio::io_context io{1};
  HeldServer server;
  std::unique_ptr<ClientFactory> factory;
  std::unique_ptr<Client> client;
};

}  // namespace

TEST_CASE(
    "a store that falls silent on a connection that was used before is a timeout, and is not asked anew") {
  Silence silence({head + body}, "http", short_time);
  const Exchange second = silence.put(2);
  CHECK(failure_of(second).timed_out);
  CHECK(failure_of(second).phase == Phase::read);
  CHECK(failure_of(second).may_have_arrived);
  CHECK_FALSE(second.reopened);
  CHECK(silence.server.connections() == 1);
}

TEST_CASE("a request on a connection that was used before can be given up") {
  Silence silence({head + body}, "http", long_time);
  silence.server.on_silence = [&] { silence.client->abort(); };
  const Exchange second = silence.put(2);
  CHECK(failure_of(second).cancelled);
  CHECK_FALSE(failure_of(second).timed_out);
  CHECK(failure_of(second).may_have_arrived);
  CHECK(silence.server.connections() == 1);
}

TEST_CASE("a reply whose body does not come in time is a truncated reply") {
  Silence silence({head + body.substr(0, 10)}, "http", short_time);
  const Exchange only = silence.put(1);
  REQUIRE(std::holds_alternative<Reply>(only.result));
  const Reply& reply = std::get<Reply>(only.result);
  CHECK(reply.status == 200);
  CHECK(reply.body_truncated);
  CHECK_FALSE(reply.body_too_long);
  const Verdict verdict = judge_put(only, asked);
  REQUIRE(std::holds_alternative<verdict::Retry>(verdict));
  CHECK(std::get<verdict::Retry>(verdict).may_have_applied);
}

TEST_CASE("a reply whose body does not come can be given up") {
  Silence silence({head}, "http", long_time);
  asio::steady_timer timer(silence.io, short_time);
  timer.async_wait([&](boost::system::error_code) { silence.client->abort(); });
  const Exchange only = silence.put(1);
  CHECK(failure_of(only).cancelled);
  CHECK(failure_of(only).may_have_arrived);
}

TEST_CASE("a handshake that is not answered is a timeout before anything was sent") {
  Silence silence({}, "https", short_time);
  const Exchange only = silence.put(1);
  CHECK(failure_of(only).timed_out);
  CHECK(failure_of(only).phase == Phase::handshake);
  CHECK_FALSE(failure_of(only).may_have_arrived);
}

TEST_CASE("a server that speaks no TLS fails the handshake, and may be asked again") {
  Silence silence({"HTTP/1.1 400 Bad Request\r\n\r\n"}, "https", long_time);
  const Exchange only = silence.put(1);
  CHECK(failure_of(only).phase == Phase::handshake);
  CHECK_FALSE(failure_of(only).misconfigured);
  CHECK_FALSE(failure_of(only).timed_out);
  CHECK_FALSE(failure_of(only).may_have_arrived);
}

TEST_CASE("a handshake can be given up") {
  Silence silence({}, "https", long_time);
  silence.server.on_silence = [&] { silence.client->abort(); };
  const Exchange only = silence.put(1);
  CHECK(failure_of(only).cancelled);
  CHECK(failure_of(only).phase == Phase::handshake);
  CHECK_FALSE(failure_of(only).may_have_arrived);
}

TEST_CASE("a client that gave up can be used again") {
  Silence silence({}, "https", long_time);
  int given_up = 0;
  silence.server.on_silence = [&] {
    ++given_up;
    silence.client->abort();
  };
  const Exchange second = silence.put(2);
  CHECK(failure_of(second).cancelled);
  CHECK(given_up == 2);
  CHECK(silence.server.connections() == 2);
}
