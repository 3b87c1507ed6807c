#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <consent_sync/store/codec.hpp>
#include <consent_sync/store/judge.hpp>

#include "choice_of_seven.hpp"
#include "client_fixture.hpp"
#include "exchange_result.hpp"

namespace {

using namespace consent_sync;
using namespace consent_sync::store;
using namespace consent_sync::store::test;
namespace asio = boost::asio;
using consent::Choice;
using consent::CustomerId;
using std::chrono::milliseconds;

// A client on a store with these faults, and what came of its PUTs one after the other.
struct Puts {
  explicit Puts(int times, const std::vector<std::string>& faults = {},
                milliseconds timeout = std::chrono::seconds(10)) {
    for (const std::string& fault : faults) store.server->add_faults({sandbox::parse_fault(fault)});
    ClientOptions options = store.client_options();
    options.timeout = timeout;
    const auto factory = make_client_factory(options);
    const auto client = factory->make(store.io.get_executor());
    store.run([&]() -> asio::awaitable<void> {
      for (int n = 0; n < times; ++n) {
        Exchange done = co_await client->put_consent(seven, asked);
        results.push_back(std::move(done));
      }
      co_await client->close();
    });
  }

  StoreFixture store;
  std::vector<Exchange> results;
};

TEST_CASE("a PUT is applied and answered, and its reply tells the quota") {
  const Puts puts(1);
  const Reply& reply = reply_of(puts.results[0]);
  CHECK(reply.status == 200);
  CHECK(decode_choice(reply.body) == asked);
  CHECK_FALSE(reply.body_truncated);
  CHECK(reply.rate.quota == 150);
  CHECK(reply.rate.left == 149);
  CHECK(reply.rate.window_ms == 30000);
  REQUIRE(reply.rate.reset_ms);
  CHECK(*reply.rate.reset_ms > 0);
  CHECK(puts.results[0].latency.count() > 0);
  CHECK_FALSE(puts.results[0].reopened);
  CHECK(puts.store.server->consent_of(seven) == asked);
}

TEST_CASE("every choice arrives as it was meant") {
  sandbox::Options options;
  options.quota = 0;
  StoreFixture store(options);
  const auto factory = make_client_factory(store.client_options());
  const auto client = factory->make(store.io.get_executor());
  store.run([&]() -> asio::awaitable<void> {
    for (unsigned mask = 0; mask < 16; ++mask) {
      const Choice wanted = Choice::from_masks(mask, 15 & ~mask).value();
      Exchange done = co_await client->put_consent(seven, wanted);
      CHECK(std::holds_alternative<verdict::Applied>(judge_put(done, wanted)));
      CHECK(store.server->consent_of(seven) == wanted);
    }
  });
}

TEST_CASE("many requests go over one connection") {
  const Puts puts(20);
  for (const Exchange& exchange : puts.results) CHECK(reply_of(exchange).status == 200);
  CHECK(puts.store.server->counters().connections == 1);
}

TEST_CASE("a store by its name is found and its certificate accepted") {
  StoreFixture store;
  ClientOptions options = store.client_options();
  options.api_url = "https://localhost:" + std::to_string(store.server->port()) + "/";
  CHECK(reply_of(store.put_once(options)).status == 200);
}

TEST_CASE("consent is read, and a page of customers proves address and token") {
  StoreFixture store;
  store.server->set_consent(seven, asked);
  const auto factory = make_client_factory(store.client_options());
  const auto client = factory->make(store.io.get_executor());
  store.run([&]() -> asio::awaitable<void> {
    Exchange consent = co_await client->get_consent(seven);
    CHECK(decode_choice(reply_of(consent).body) == asked);
    Exchange page = co_await client->get_first_customer();
    CHECK(reply_of(page).status == 200);
    CHECK(reply_of(page).body.find("\"data\"") != std::string::npos);
  });
}

TEST_CASE("customers are listed page by page, and who does not exist is left out") {
  StoreFixture store;
  const auto factory = make_client_factory(store.client_options());
  const auto client = factory->make(store.io.get_executor());
  std::vector<CustomerId> asked_for;
  for (std::int64_t id = 1; id <= 249; ++id) asked_for.push_back(CustomerId::from(id).value());
  asked_for.push_back(CustomerId::from(900000).value());
  store.run([&]() -> asio::awaitable<void> {
    Exchange whole = co_await client->get_customers(asked_for, 1);
    const Verdict verdict = judge_customers(whole);
    REQUIRE(std::holds_alternative<verdict::Listed>(verdict));
    CHECK(std::get<verdict::Listed>(verdict).page.customers.size() == 249);
    CHECK(std::get<verdict::Listed>(verdict).page.is_last);
    Exchange beyond = co_await client->get_customers(asked_for, 2);
    CHECK(decode_customers(reply_of(beyond).body)->customers.empty());
  });
}

TEST_CASE("customers are listed by their addresses, 250 at a time, in whatever case and with a plus") {
  StoreFixture store;
  const auto factory = make_client_factory(store.client_options());
  const auto client = factory->make(store.io.get_executor());
  std::vector<std::string> addresses{"nobody+there@example.com", "CUSTOMER1@EXAMPLE.COM"};
  for (int id = 2; id <= 249; ++id) addresses.push_back("customer" + std::to_string(id) + "@example.com");
  store.run([&]() -> asio::awaitable<void> {
    Exchange whole = co_await client->get_customers_by_email(addresses, 1);
    const Verdict verdict = judge_customers(whole);
    REQUIRE(std::holds_alternative<verdict::Listed>(verdict));
    const CustomerPage page = std::get<verdict::Listed>(verdict).page;
    CHECK(page.customers.size() == 249);
    CHECK(page.emails.at(0) == "customer1@example.com");
  });
}

TEST_CASE("a customer that does not exist is a 404") {
  StoreFixture store;
  const auto factory = make_client_factory(store.client_options());
  const auto client = factory->make(store.io.get_executor());
  const CustomerId nobody = CustomerId::from(900000).value();
  store.run([&]() -> asio::awaitable<void> {
    Exchange done = co_await client->put_consent(nobody, asked);
    CHECK(reply_of(done).status == 404);
  });
}

TEST_CASE("a wrong token is a 401") {
  StoreFixture store;
  ClientOptions options = store.client_options();
  options.token = "wrong";
  CHECK(reply_of(store.put_once(options)).status == 401);
}

TEST_CASE("a connection that the server closed between requests is replaced, and the request sent again") {
  for (const char* const fault : {"idle-close@1", "reset@2", "reset-after-apply@2", "fin-after-apply@2"}) {
    CAPTURE(fault);
    const Puts puts(3, {fault});
    CHECK_FALSE(puts.results[0].reopened);
    CHECK(puts.results[1].reopened);
    CHECK_FALSE(puts.results[2].reopened);
    for (const Exchange& exchange : puts.results) CHECK(reply_of(exchange).status == 200);
    CHECK(puts.store.server->counters().connections == 2);
  }
}

TEST_CASE("a connection that breaks on its first request is a failure that may have arrived") {
  for (const char* const fault : {"reset@1", "reset-after-apply@1", "fin-after-apply@1"}) {
    CAPTURE(fault);
    const Puts puts(2, {fault});
    const TransportFailure& failure = failure_of(puts.results[0]);
    CHECK(failure.phase == Phase::read);
    CHECK(failure.may_have_arrived);
    CHECK_FALSE(failure.timed_out);
    CHECK_FALSE(failure.cancelled);
    CHECK_FALSE(puts.results[0].reopened);
    CHECK(failure.message.starts_with("Reading the reply of 127.0.0.1:"));
    CHECK(reply_of(puts.results[1]).status == 200);
  }
}

TEST_CASE("a stale connection whose replacement breaks too is one failure, not a third request") {
  const Puts puts(2, {"reset-after-apply@2-3"});
  CHECK(puts.results[1].reopened);
  CHECK(failure_of(puts.results[1]).may_have_arrived);
  CHECK(puts.store.server->puts_of(seven) == 3);
}

TEST_CASE("a connection that the server announced to close is not used again") {
  const Puts puts(3, {"close@1"});
  for (const Exchange& exchange : puts.results) {
    CHECK(reply_of(exchange).status == 200);
    CHECK_FALSE(exchange.reopened);
  }
  CHECK(puts.store.server->counters().connections == 2);
}

TEST_CASE("a silent store ends as a timeout of the reply, and the connection is not used again") {
  const Puts puts(3, {"stall@2"}, milliseconds(300));
  const TransportFailure& failure = failure_of(puts.results[1]);
  CHECK(failure.phase == Phase::read);
  CHECK(failure.timed_out);
  CHECK(failure.may_have_arrived);
  CHECK_FALSE(failure.cancelled);
  CHECK(failure.message.ends_with("no answer within 300 ms"));
  CHECK_FALSE(puts.results[1].reopened);
  CHECK(reply_of(puts.results[2]).status == 200);
  CHECK(puts.store.server->counters().connections == 2);
}

TEST_CASE("a body that is cut off is a truncated reply") {
  const Puts puts(2, {"truncate@1"});
  const Reply& reply = reply_of(puts.results[0]);
  CHECK(reply.status == 200);
  CHECK(reply.body_truncated);
  CHECK_FALSE(reply.body_too_long);
  CHECK(std::get<verdict::Retry>(judge_put(puts.results[0], asked)).may_have_applied);
  CHECK(reply_of(puts.results[1]).status == 200);
}

TEST_CASE("a proxy's page is a reply without rate headers") {
  const Puts puts(1, {"html-502@1"});
  const Reply& reply = reply_of(puts.results[0]);
  CHECK(reply.status == 502);
  CHECK_FALSE(reply.rate.quota);
  CHECK_FALSE(describe_error_body(reply.body).empty());
}

TEST_CASE("a certificate of an unknown authority is refused before the request is sent") {
  StoreFixture store;
  StoreFixture other;
  ClientOptions options = store.client_options();
  options.ca_file = other.client_options().ca_file;
  const TransportFailure failure = failure_of(store.put_once(options));
  CHECK(failure.phase == Phase::handshake);
  CHECK(failure.misconfigured);
  CHECK_FALSE(failure.may_have_arrived);
  CHECK(failure.message.find("store.ca_file") != std::string::npos);
  CHECK(store.server->counters().requests == 0);
}

TEST_CASE("the system's authorities do not vouch for a private store") {
  StoreFixture store;
  ClientOptions options = store.client_options();
  options.ca_file.clear();
  CHECK(failure_of(store.put_once(options)).misconfigured);
}

TEST_CASE("a certificate for another name or address is refused") {
  sandbox::Options server_options;
  server_options.host = "0.0.0.0";
  StoreFixture store(server_options);
  const std::string port = std::to_string(store.server->port());
  // The second is a name, not an address, in our eyes; the system finds 127.0.0.1 for it.
  for (const std::string host : {"127.0.0.2", "127.1"}) {
    CAPTURE(host);
    ClientOptions options = store.client_options();
    options.api_url = "https://" + host + ":" + port;
    const TransportFailure failure = failure_of(store.put_once(options));
    CHECK(failure.misconfigured);
    CHECK(failure.message.find("mismatch") != std::string::npos);
  }
  CHECK(store.server->counters().requests == 0);
}

TEST_CASE("a store that is not there is a refused connection") {
  StoreFixture store;
  const ClientOptions options = store.client_options();
  store.server.reset();
  const TransportFailure failure = failure_of(store.put_once(options));
  CHECK(failure.phase == Phase::connect);
  CHECK_FALSE(failure.may_have_arrived);
  CHECK_FALSE(failure.misconfigured);
  CHECK(failure.message.ends_with("Connection refused"));
}

TEST_CASE("a name that nobody knows is a failed look-up") {
  StoreFixture store;
  ClientOptions options = store.client_options();
  options.api_url = "https://no-such-host.invalid";
  options.timeout = std::chrono::seconds(20);
  const TransportFailure failure = failure_of(store.put_once(options));
  CHECK(failure.phase == Phase::resolve);
  CHECK_FALSE(failure.may_have_arrived);
  CHECK(failure.message.starts_with("Looking up the address of no-such-host.invalid:443: "));
}

TEST_CASE("no message holds the token") {
  StoreFixture store;
  ClientOptions options = store.client_options();
  options.token = "secret-token";
  store.server.reset();
  CHECK(failure_of(store.put_once(options)).message.find("secret") == std::string::npos);
}

asio::awaitable<void> abort_after(Client& client, milliseconds delay) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(delay);
  co_await timer.async_wait(asio::use_awaitable);
  client.abort();
}

TEST_CASE("who has lost the right to the store sends nothing, on a fresh connection or on one in use") {
  StoreFixture store;
  bool may_send = false;
  ClientOptions options = store.client_options();
  options.may_send = [&] { return may_send; };
  const auto factory = make_client_factory(options);
  const auto client = factory->make(store.io.get_executor());
  std::vector<Exchange> results;
  store.run([&]() -> asio::awaitable<void> {
    for (const bool may : {false, true, false, true}) {
      may_send = may;
      Exchange done = co_await client->put_consent(seven, asked);
      results.push_back(std::move(done));
    }
    co_await client->close();
  });
  for (const std::size_t refused : {0U, 2U}) {
    const TransportFailure& failure = failure_of(results[refused]);
    CHECK(failure.cancelled);
    CHECK_FALSE(failure.may_have_arrived);
  }
  for (const std::size_t sent : {1U, 3U}) CHECK(reply_of(results[sent]).status == 200);
  CHECK(store.server->puts_of(seven) == 2);
}

TEST_CASE("an exchange in flight can be given up, and the client used again") {
  StoreFixture store;
  store.server->set_faults({sandbox::parse_fault("stall@1")});
  const auto factory = make_client_factory(store.client_options());
  const auto client = factory->make(store.io.get_executor());
  asio::co_spawn(store.io, abort_after(*client, milliseconds(200)), [](std::exception_ptr) {});
  store.run([&]() -> asio::awaitable<void> {
    Exchange cancelled = co_await client->put_consent(seven, asked);
    const TransportFailure& failure = failure_of(cancelled);
    CHECK(failure.cancelled);
    CHECK_FALSE(failure.timed_out);
    CHECK(failure.may_have_arrived);
    CHECK(std::holds_alternative<verdict::Cancelled>(judge_put(cancelled, asked)));
    Exchange again = co_await client->put_consent(seven, asked);
    CHECK(reply_of(again).status == 200);
    CHECK_FALSE(again.reopened);
  });
}

TEST_CASE("an idle client can be aborted, and used again") {
  StoreFixture store;
  const auto factory = make_client_factory(store.client_options());
  const auto client = factory->make(store.io.get_executor());
  client->abort();
  store.run([&]() -> asio::awaitable<void> {
    Exchange first = co_await client->put_consent(seven, asked);
    CHECK(reply_of(first).status == 200);
    client->abort();
    Exchange second = co_await client->put_consent(seven, asked);
    CHECK(reply_of(second).status == 200);
    CHECK_FALSE(second.reopened);
    co_await client->close();
    co_await client->close();
  });
  CHECK(store.server->counters().connections == 2);
}

TEST_CASE("many clients of one factory work side by side") {
  sandbox::Options options;
  options.quota = 0;
  StoreFixture store(options);
  ClientOptions client_options = store.client_options();
  client_options.api_url = "https://localhost:" + std::to_string(store.server->port());
  const auto factory = make_client_factory(client_options);
  std::vector<std::unique_ptr<Client>> clients;
  for (int n = 0; n < 10; ++n) clients.push_back(factory->make(store.io.get_executor()));
  int applied = 0;
  const auto work = [&](Client& client) -> asio::awaitable<void> {
    for (int n = 0; n < 20; ++n) {
      Exchange done = co_await client.put_consent(seven, asked);
      if (reply_of(done).status == 200) ++applied;
    }
    co_await client.close();
  };
  for (const auto& client : clients) asio::co_spawn(store.io, work(*client), [](std::exception_ptr) {});
  store.io.run();
  CHECK(applied == 200);
  CHECK(store.server->counters().connections == 10);
}

}  // namespace
