#include <doctest/doctest.h>

#include <list>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <consent_sync/store/client.hpp>

#include "client_fixture.hpp"
#include "held_lookup.hpp"
#include "held_server.hpp"

// A store that is not reached: its name is not looked up, or nobody takes the connection.

namespace {

using namespace consent_sync;
using namespace consent_sync::store;
using namespace consent_sync::store::test;
namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;

ClientOptions options_for(const std::string& host, std::uint16_t port, milliseconds timeout) {
  return test::options_for("https://" + host + ":" + std::to_string(port), timeout);
}

asio::awaitable<void> put(Client& client, std::optional<Exchange>& result) {
  Exchange done = co_await client.put_consent(consent::CustomerId::from(7).value(),
                                              consent::Choice::from_masks(1, 14).value());
  result = std::move(done);
}

/// Why a PUT came to nothing.
TransportFailure failure_of_put(asio::io_context& io, Client& client) {
  std::optional<Exchange> result;
  asio::co_spawn(io, put(client, result), [&](std::exception_ptr) { io.stop(); });
  io.restart();
  io.run();
  REQUIRE(result);
  REQUIRE(std::holds_alternative<TransportFailure>(result->result));
  TransportFailure failure = std::get<TransportFailure>(result->result);
  CHECK_FALSE(failure.may_have_arrived);
  return failure;
}

/// Listens, and its queue of connections that wait to be taken is full: the system lets a further one wait
/// for an answer.
class FullServer {
 public:
  explicit FullServer(asio::io_context& io) : acceptor_(io) {
    const tcp::endpoint here(asio::ip::address_v4::loopback(), 0);
    acceptor_.open(here.protocol());
    acceptor_.bind(here);
    acceptor_.listen(0);
    for (int n = 0; n < 4; ++n) {
      waiting_.emplace_back(io).async_connect(acceptor_.local_endpoint(), [](boost::system::error_code) {});
    }
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  tcp::acceptor acceptor_;
  std::list<tcp::socket> waiting_;
};

}  // namespace

TEST_CASE("a name that is not looked up in time is a timeout; once it has been, it serves the next request") {
  HeldLookup lookup;
  asio::io_context io(1);
  HeldServer server(io, {});
  const auto factory = make_client_factory(options_for(HeldLookup::held_name, server.port(), short_time));
  const auto client = factory->make(io.get_executor());
  for (int n = 0; n < 2; ++n) {
    const TransportFailure failure = failure_of_put(io, *client);
    CHECK(failure.phase == Phase::resolve);
    CHECK(failure.timed_out);
  }
  CHECK(lookup.lookups() == 1);
  lookup.release();
  // It may be slow to come: nobody waits for it longer than for any.
  while (failure_of_put(io, *client).phase == Phase::resolve) {
  }
  CHECK(server.connections() > 0);
  CHECK(lookup.lookups() == 1);
}

TEST_CASE("a look-up can be given up") {
  asio::io_context io(1);
  HeldServer server(io, {});
  const auto factory = make_client_factory(options_for(HeldLookup::held_name, server.port(), long_time));
  const auto client = factory->make(io.get_executor());
  HeldLookup lookup([&] { asio::post(io, [&] { client->abort(); }); });
  const TransportFailure failure = failure_of_put(io, *client);
  CHECK(failure.phase == Phase::resolve);
  CHECK(failure.cancelled);
  CHECK_FALSE(failure.timed_out);
  CHECK(server.connections() == 0);
}

TEST_CASE("a look-up that hangs holds no loop back that ends, and serves the next one") {
  HeldLookup lookup;
  asio::io_context later(1);
  HeldServer server(later, {});
  const auto factory = make_client_factory(options_for(HeldLookup::held_name, server.port(), short_time));
  {
    asio::io_context first(1);
    const auto client = factory->make(first.get_executor());
    CHECK(failure_of_put(first, *client).phase == Phase::resolve);
  }
  CHECK(lookup.answers() == 0);
  lookup.release();
  const auto client = factory->make(later.get_executor());
  while (failure_of_put(later, *client).phase == Phase::resolve) {
  }
  CHECK(server.connections() > 0);
  CHECK(lookup.lookups() == 1);
}

TEST_CASE("a loop may end while somebody waits for a name") {
  HeldLookup lookup;
  asio::io_context later(1);
  HeldServer server(later, {});
  const auto factory = make_client_factory(options_for(HeldLookup::held_name, server.port(), long_time));
  std::optional<Exchange> unfinished;
  {
    asio::io_context first(1);
    const auto client = factory->make(first.get_executor());
    asio::co_spawn(first, put(*client, unfinished), [](std::exception_ptr) {});
    first.poll();
    SUBCASE("just when it is looked up") {
      lookup.release();
    }
    SUBCASE("before it is looked up") {}
  }
  lookup.release();
  CHECK_FALSE(unfinished);
  server.on_silence = [&] { later.stop(); };
  const auto client = factory->make(later.get_executor());
  asio::co_spawn(later, put(*client, unfinished), [](std::exception_ptr) {});
  later.run();
  CHECK(server.connections() == 1);
}

TEST_CASE("a connection that nobody takes is a timeout before anything was sent") {
  asio::io_context io(1);
  const FullServer server(io);
  const auto factory = make_client_factory(options_for("127.0.0.1", server.port(), short_time));
  const auto client = factory->make(io.get_executor());
  const TransportFailure failure = failure_of_put(io, *client);
  CHECK(failure.phase == Phase::connect);
  CHECK(failure.timed_out);
}

TEST_CASE("a connection that nobody takes can be given up") {
  asio::io_context io(1);
  const FullServer server(io);
  const auto factory = make_client_factory(options_for("127.0.0.1", server.port(), long_time));
  const auto client = factory->make(io.get_executor());
  asio::steady_timer timer(io, short_time);
  timer.async_wait([&](boost::system::error_code) { client->abort(); });
  const TransportFailure failure = failure_of_put(io, *client);
  CHECK(failure.phase == Phase::connect);
  CHECK(failure.cancelled);
  CHECK_FALSE(failure.timed_out);
}
