#include "network_threads.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>

#include <consent_sync/store/codec.hpp>
#include <consent_sync/store/judge.hpp>

#include "choice_of_seven.hpp"
#include "client_fixture.hpp"
#include "exchange_result.hpp"
#include "held_lookup.hpp"
#include "held_server.hpp"
#include "scripted_server.hpp"

// Clients whose connections live on threads of their own: whoever uses them sees no difference.

namespace {

using namespace consent_sync;
using namespace consent_sync::store;
using namespace consent_sync::store::test;
namespace asio = boost::asio;
using consent::CustomerId;

constexpr int three = 3;

ClientOptions with_threads(ClientOptions options) {
  options.threads = three;
  return options;
}

StoreFixture store_without_quota() {
  sandbox::Options options;
  options.quota = 0;
  return StoreFixture(options);
}

CustomerId customer(std::size_t id) {
  return CustomerId::from(static_cast<std::int64_t>(id)).value();
}

/// The threads that something was done on.
class Threads {
 public:
  void note() {
    const std::lock_guard lock(mutex_);
    seen_.insert(std::this_thread::get_id());
  }
  std::size_t count() const { return seen_.size(); }
  bool has_this_one() const { return seen_.count(std::this_thread::get_id()) != 0; }

 private:
  std::mutex mutex_;
  std::set<std::thread::id> seen_;
};

/// Holds every request, without TLS; and a client of it on another thread.
struct Held {
  explicit Held(std::vector<std::string> texts) : server(io, std::move(texts)) {
    ClientOptions options = options_for("http://127.0.0.1:" + std::to_string(server.port()), long_time);
    options.allow_plain_http = true;
    factory = make_client_factory(with_threads(options));
    client = factory->make(io.get_executor());
  }

  asio::io_context io{1};
  HeldServer server;
  std::unique_ptr<ClientFactory> factory;
  std::unique_ptr<Client> client;
};

asio::awaitable<void> put_seven(Client& client, std::optional<Exchange>& result) {
  Exchange done = co_await client.put_consent(seven, asked);
  result = std::move(done);
}

/// What came of a PUT.
Exchange put_once(asio::io_context& io, Client& client) {
  std::optional<Exchange> result;
  asio::co_spawn(io, put_seven(client, result), [&](std::exception_ptr) { io.stop(); });
  io.restart();
  io.run();
  REQUIRE(result);
  return *result;
}

std::string why_refused(const ClientOptions& options) {
  try {
    make_client_factory(options);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("with threads each client has its connection on one of them, and who waits stays on its own") {
  constexpr std::size_t clients_in_all = 9;
  constexpr int times = 20;
  StoreFixture store = store_without_quota();
  Threads of_connections;
  Threads of_who_waits;
  ClientOptions options = with_threads(store.client_options());
  options.may_send = [&] {
    of_connections.note();
    return true;
  };
  const auto factory = make_client_factory(options);
  std::vector<std::unique_ptr<Client>> clients;
  while (clients.size() < clients_in_all) clients.push_back(factory->make(store.io.get_executor()));
  int applied = 0;
  const auto work = [&](Client& client, CustomerId whose) -> asio::awaitable<void> {
    for (int n = 0; n < times; ++n) {
      Exchange done = co_await client.put_consent(whose, asked);
      of_who_waits.note();
      if (reply_of(done).status == 200) ++applied;
    }
    co_await client.close();
    of_who_waits.note();
  };
  for (std::size_t n = 0; n < clients.size(); ++n) {
    asio::co_spawn(store.io, work(*clients[n], customer(n + 1)), [](std::exception_ptr) {});
  }
  store.io.run();
  CHECK(applied == clients_in_all * times);
  CHECK(of_connections.count() == three);
  CHECK_FALSE(of_connections.has_this_one());
  CHECK(of_who_waits.count() == 1);
  CHECK(of_who_waits.has_this_one());
  CHECK(store.server->counters().connections == clients_in_all);
  CHECK(store.server->counters().max_in_flight_per_customer == 1);
  for (std::size_t n = 1; n <= clients_in_all; ++n) {
    CHECK(store.server->puts_of(customer(n)) == times);
    CHECK(store.server->consent_of(customer(n)) == asked);
  }
}

TEST_CASE("every question passes between the threads, also one whose words are gone before it leaves") {
  StoreFixture store;
  store.server->set_consent(seven, asked);
  const auto factory = make_client_factory(with_threads(store.client_options()));
  const auto client = factory->make(store.io.get_executor());
  const auto by_id = [&] { return client->get_customers(std::vector(1, seven), 1); };
  const auto by_email = [&] {
    return client->get_customers_by_email(std::vector<std::string>(1, "customer7@example.com"), 1);
  };
  store.run([&]() -> asio::awaitable<void> {
    Exchange consent = co_await client->get_consent(seven);
    CHECK(decode_choice(reply_of(consent).body) == asked);
    Exchange first = co_await client->get_first_customer();
    CHECK(reply_of(first).status == 200);
    for (const bool asks_by_id : {true, false}) {
      asio::awaitable<Exchange> question = asks_by_id ? by_id() : by_email();
      Exchange listed = co_await std::move(question);
      const auto page = decode_customers(reply_of(listed).body);
      REQUIRE(page);
      CHECK(page->customers == std::vector(1, seven));
    }
  });
}

TEST_CASE("a request on another thread can be given up, and its client used again") {
  Held held({});
  int given_up = 0;
  held.server.on_silence = [&] {
    ++given_up;
    held.client->abort();
  };
  for (int n = 0; n < 2; ++n) {
    const Exchange exchange = put_once(held.io, *held.client);
    CHECK(failure_of(exchange).cancelled);
    CHECK_FALSE(failure_of(exchange).timed_out);
    CHECK(failure_of(exchange).may_have_arrived);
  }
  CHECK(given_up == 2);
  CHECK(held.server.connections() == 2);
}

TEST_CASE("a look-up on another thread can be given up") {
  asio::io_context io(1);
  const auto factory = make_client_factory(
      with_threads(options_for("https://" + std::string(HeldLookup::held_name), long_time)));
  const auto client = factory->make(io.get_executor());
  HeldLookup lookup([&] { asio::post(io, [&] { client->abort(); }); });
  const Exchange exchange = put_once(io, *client);
  CHECK(failure_of(exchange).phase == Phase::resolve);
  CHECK(failure_of(exchange).cancelled);
}

TEST_CASE("an idle client on another thread can be aborted, and used again") {
  StoreFixture store;
  const auto factory = make_client_factory(with_threads(store.client_options()));
  const auto client = factory->make(store.io.get_executor());
  client->abort();
  store.run([&]() -> asio::awaitable<void> {
    for (int n = 0; n < 2; ++n) {
      Exchange done = co_await client->put_consent(seven, asked);
      CHECK(reply_of(done).status == 200);
      CHECK_FALSE(done.reopened);
      client->abort();
    }
  });
  CHECK(store.server->counters().connections == 2);
}

TEST_CASE(
    "a client that goes while it is busy leaves nothing behind, also for a loop that ends before its "
    "thread") {
  for (int n = 0; n < 50; ++n) {
    const auto witness = std::make_shared<int>();
    const auto wait_in_vain = [](Client& client, std::shared_ptr<int> /*witness*/) -> asio::awaitable<void> {
      co_await client.put_consent(seven, asked);
      FAIL("there is no answer");
    };
    std::unique_ptr<ClientFactory> factory;
    {
      Held held({});
      held.server.on_silence = [&] {
        held.client.reset();
        held.io.stop();
      };
      factory = std::move(held.factory);
      asio::co_spawn(held.io, wait_in_vain(*held.client, witness), [](std::exception_ptr) {});
      held.io.run();
      CHECK_FALSE(held.client);
      CHECK(witness.use_count() == 2);
    }
    CHECK(witness.use_count() == 1);
  }
}

TEST_CASE("who has lost the right to the store sends nothing, from whatever thread") {
  StoreFixture store;
  ClientOptions options = with_threads(store.client_options());
  options.may_send = [] { return false; };
  const Exchange exchange = store.put_once(options);
  CHECK(failure_of(exchange).cancelled);
  CHECK_FALSE(failure_of(exchange).may_have_arrived);
  CHECK(store.server->counters().requests == 0);
}

TEST_CASE("what is thrown on the other thread is thrown where its answer is waited for") {
  StoreFixture store;
  ClientOptions options = with_threads(store.client_options());
  options.may_send = []() -> bool { throw std::runtime_error("the ledger is gone"); };
  CHECK_THROWS_WITH_AS(store.put_once(options), "the ledger is gone", std::runtime_error);
}

TEST_CASE("a store that is not there is a refused connection, from whatever thread") {
  StoreFixture store;
  const ClientOptions options = with_threads(store.client_options());
  store.server.reset();
  const TransportFailure failure = failure_of(store.put_once(options));
  CHECK(failure.phase == Phase::connect);
  CHECK_FALSE(failure.may_have_arrived);
  CHECK(failure.message.ends_with("Connection refused"));
}

TEST_CASE("a client says good-bye when it is closed, and not when it is aborted") {
  const std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
  for (const int threads : {1, three}) {
    for (const bool closes : {true, false}) {
      CAPTURE(threads);
      CAPTURE(closes);
      ScriptedServer server({{reply}});
      const TemporaryDirectory directory;
      ClientOptions options = options_for(server.api_url(), long_time);
      options.ca_file = directory.path() / "ca.pem";
      options.threads = threads;
      std::ofstream(options.ca_file) << server.authority();
      const auto factory = make_client_factory(options);
      asio::io_context io(1);
      const auto client = factory->make(io.get_executor());
      const auto scenario = [&]() -> asio::awaitable<void> {
        Exchange done = co_await client->put_consent(seven, asked);
        CHECK(reply_of(done).status == 200);
        if (closes) co_await client->close();
        client->abort();
      };
      asio::co_spawn(io, scenario(), [](std::exception_ptr) {});
      io.run();
      CHECK(server.farewells() == (closes ? 1 : 0));
    }
  }
}

TEST_CASE("what is refused with one thread is refused with several, in the same words") {
  const TemporaryDirectory directory;
  ClientOptions usable = options_for("https://api.bigcommerce.com", long_time);
  CHECK(why_refused(with_threads(usable)) == "accepted");
  std::vector<ClientOptions> bad(4, usable);
  bad[0].api_url = "http://api.bigcommerce.com";
  bad[1].token = "";
  bad[2].ca_file = directory.path() / "missing.pem";
  bad[3].timeout = std::chrono::milliseconds(0);
  for (const ClientOptions& options : bad) {
    const std::string message = why_refused(options);
    CAPTURE(message);
    CHECK(message != "accepted");
    CHECK(why_refused(with_threads(options)) == message);
  }
}

TEST_CASE("threads that were begun end when the next one cannot be") {
  int made = 0;
  const auto make_factory = [&] {
    if (++made == 2) throw std::invalid_argument("the file is gone");
    return make_client_factory(options_for("https://api.bigcommerce.com", long_time));
  };
  CHECK_THROWS_WITH_AS(ThreadedClientFactory(three, make_factory), "the file is gone", std::invalid_argument);
  CHECK(made == 2);
}
