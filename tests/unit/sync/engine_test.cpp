#include <doctest/doctest.h>

#include "engine_fixture.hpp"

using namespace consent_sync;
using namespace consent_sync::sync::test;

TEST_CASE("every queued change is sent once, and is on disk as applied when the engine ends") {
  Fixture f(3000);
  CHECK_FALSE(f.send());
  CHECK(f.count(Outcome::applied) == 3000);
  CHECK(f.store.asked.size() == 3000);
  CHECK(f.store.held.size() == 3000);
  CHECK_FALSE(f.store.was_asked_twice_at_once);
  CHECK(f.ledger->find_run(f.run.id)->traffic.put == 3000);
}

TEST_CASE("with one connection all withdrawals leave before the first grant") {
  Fixture f(100);
  f.pace.connections = 1;
  f.send();
  for (std::size_t i = 0; i < f.store.asked.size(); ++i) {
    CHECK((f.store.asked[i].value() % 2 == 0) == (i < 50));
  }
}

TEST_CASE("an empty queue ends at once") {
  Fixture f(0);
  CHECK_FALSE(f.send());
  CHECK(f.store.asked.empty());
}

TEST_CASE("a row is tried again on its own, while others go on") {
  Fixture f(50);
  f.store.script = {reply(500), reply(409), reply(502)};
  CHECK_FALSE(f.send());
  CHECK(f.count(Outcome::applied) == 50);
  CHECK(f.ledger->find_run(f.run.id)->traffic.retried == 3);
}

TEST_CASE(
    "when the store refuses the token nothing more leaves than was in flight, and the rest stays pending") {
  Fixture f(500);
  f.store.script = {reply(401)};
  const auto stopped = f.send();
  REQUIRE(stopped);
  CHECK(stopped->by == sync::Stopped::By::store_refused);
  CHECK(f.store.asked.size() <= 10);
  CHECK(f.count(Outcome::pending) == 500 - f.count(Outcome::applied));
  CHECK(f.count(Outcome::applied) == f.store.held.size());
}

TEST_CASE("a store out of reach costs rows no more tries than it takes to notice") {
  Fixture f(40);
  for (int i = 0; i < 60; ++i) f.store.script.push_back(refused_connection());
  f.pace.breaker.trip_after = 5;
  CHECK_FALSE(f.send());
  CHECK(f.count(Outcome::applied) == 40);
}

TEST_CASE("an outage costs the few changes of a quiet night nothing, and ends the run resumably") {
  for (const int changes : {1, 2, 3, 4}) {
    CAPTURE(changes);
    Fixture f(changes);
    for (int i = 0; i < 2000; ++i) f.store.script.push_back(refused_connection());
    f.store.on_first_customer = refused_connection();
    f.pace.breaker.give_up_after = 20ms;
    const auto stopped = f.send();
    REQUIRE(stopped);
    CHECK(stopped->by == sync::Stopped::By::store_unavailable);
    CHECK(f.count(Outcome::pending) == static_cast<std::uint64_t>(changes));
    f.store.script.clear();
    CHECK_FALSE(f.send());
    CHECK(f.count(Outcome::applied) == static_cast<std::uint64_t>(changes));
  }
}

TEST_CASE("so does an outage with errors or silence in place of every answer, and no try is forgotten") {
  for (const store::Exchange& trouble : {reply(500), reply(502), no_answer_in_time()}) {
    for (const int changes : {1, 4}) {
      CAPTURE(changes);
      Fixture f(changes);
      f.store.script.assign(2000, trouble);
      f.store.on_first_customer = trouble;
      f.pace.breaker.give_up_after = 20ms;
      const auto stopped = f.send();
      REQUIRE(stopped);
      CHECK(stopped->by == sync::Stopped::By::store_unavailable);
      CHECK(f.count(Outcome::pending) == static_cast<std::uint64_t>(changes));
      f.ledger->for_each_row(f.run.id, [](const ledger::RowResult& row) {
        CHECK(row.attempts == 2);
        CHECK(row.reason.find("may have been applied") != std::string::npos);
      });
      f.store.script.clear();
      f.store.on_first_customer = reply(200, R"({"data":[]})");
      CHECK_FALSE(f.send());
      CHECK(f.count(Outcome::applied) == static_cast<std::uint64_t>(changes));
    }
  }
}

TEST_CASE("one customer with whom the store always fails ends as a problem, and the run with it") {
  SUBCASE("alone: the store is asked about nobody before the last try, and is well") {
    Fixture f(1);
    f.store.poisoned = {consent::CustomerId::from(1).value()};
    CHECK_FALSE(f.send());
    CHECK(f.count(Outcome::unknown) == 1);
    CHECK(f.store.asked.size() == 3);
    CHECK(f.ledger->find_run(f.run.id)->traffic.get == 1);
  }
  SUBCASE("beside others, whose answers say as much") {
    Fixture f(5);
    f.pace.connections = 1;
    f.store.poisoned = {consent::CustomerId::from(2).value()};
    CHECK_FALSE(f.send());
    CHECK(f.count(Outcome::unknown) == 1);
    CHECK(f.count(Outcome::applied) == 4);
    CHECK(f.ledger->find_run(f.run.id)->traffic.get == 0);
  }
}

TEST_CASE("a store that refuses to say who its customers are is not out of reach") {
  for (const int status : {401, 403, 404}) {
    Fixture f(1);
    f.store.script = {reply(500), reply(500)};
    f.store.on_first_customer = reply(status);
    CHECK_FALSE(f.send());
    CHECK(f.count(Outcome::applied) == 1);
  }
}

TEST_CASE("a store that stays down ends the run, which can be taken up again") {
  Fixture f(40);
  for (int i = 0; i < 200; ++i) f.store.script.push_back(reply(503));
  f.pace.breaker.give_up_after = 20ms;
  const auto stopped = f.send();
  REQUIRE(stopped);
  CHECK(stopped->by == sync::Stopped::By::store_unavailable);
  CHECK(f.count(Outcome::pending) == 40);
  f.store.script.clear();
  CHECK_FALSE(f.send());
  CHECK(f.count(Outcome::applied) == 40);
}

TEST_CASE("asked to stop, the engine lets what is in flight finish and records it") {
  Fixture f(500);
  f.store.on_put = [&] {
    if (f.store.asked.size() == 100) f.current->stop({sync::Stopped::By::request, "enough"});
  };
  const auto stopped = f.send();
  REQUIRE(stopped);
  CHECK(stopped->reason == "enough");
  CHECK(f.store.asked.size() == 100);
  CHECK(f.count(Outcome::applied) == 100);
  CHECK(f.count(Outcome::pending) == 400);
}

TEST_CASE("progress counts what this process ended") {
  Fixture f(20);
  std::uint64_t seen = 0;
  f.store.on_put = [&] { seen = std::max(seen, f.current->progress().ended.total()); };
  f.send();
  CHECK(seen > 0);
  CHECK(seen < 20);
}

TEST_CASE("rows that were tried and wait for their retry when the run stops say so, and stay pending") {
  Fixture f(3);
  f.options.retry.backoff = {1h, 1h};
  f.options.retry.attempts = 2;
  f.store.script = {reply(502)};
  f.store.on_put = [&] {
    if (f.store.asked.size() == 3) f.current->stop({sync::Stopped::By::request, "enough"});
  };
  f.options.on_ended = [&](const auto&) {
    const sync::Progress now = f.current->progress();
    CHECK(now.waiting_to_retry == 1);
    CHECK(now.last_retry_in > 1s);
    CHECK(now.last_retry_in <= 1h);
  };
  REQUIRE(f.send());
  CHECK(f.count(Outcome::pending) == 1);
  f.ledger->for_each_row(f.run.id, [](const ledger::RowResult& row) {
    if (row.outcome != Outcome::pending) return;
    CHECK(row.attempts == 1);
    CHECK(row.http_status == 502);
    CHECK(row.reason.find("may have been applied") != std::string::npos);
  });
}

TEST_CASE("rows that were tried and are not let out again say so, too; those that never left say nothing") {
  Fixture f(1);
  f.store.script = {reply(504)};
  int asked = 0;
  f.options.is_ours = [&] { return ++asked == 1; };
  REQUIRE(f.send());
  CHECK(f.store.asked.size() == 1);
  const auto expect = [&](int attempts, int http_status) {
    f.ledger->for_each_row(f.run.id, [&](const ledger::RowResult& row) {
      CHECK(row.outcome == Outcome::pending);
      CHECK(row.attempts == attempts);
      CHECK(row.http_status == http_status);
      CHECK(row.reason.find("may have been applied") != std::string::npos);
    });
  };
  expect(1, 504);
  // The next process does not reach it: what the one before knew of it stays.
  REQUIRE(f.send());
  CHECK(f.store.asked.size() == 1);
  expect(1, 504);
}

TEST_CASE("a try after the first is counted as one, whatever the store was asked about the row between") {
  Fixture f(1);
  SUBCASE("a canary that is read back has had one try") {
    f.options.asking.read_back = true;
    CHECK_FALSE(f.send());
    CHECK(f.ledger->find_run(f.run.id)->traffic.retried == 0);
  }
  SUBCASE("so has a row that the quota let wait") {
    f.store.script = {reply(429, "", {30, 1, 10, 0})};
    CHECK_FALSE(f.send());
    CHECK(f.ledger->find_run(f.run.id)->traffic.retried == 0);
  }
  SUBCASE("a row that met a store at rest has had two, though the first cost it nothing") {
    f.store.script = {reply(503)};
    CHECK_FALSE(f.send());
    CHECK(f.ledger->find_run(f.run.id)->traffic.retried == 1);
  }
  SUBCASE("to ask again and to send again is one try") {
    f.options.asking.check = true;
    f.store.script = {reply(500)};
    CHECK_FALSE(f.send());
    const ledger::Traffic traffic = f.ledger->find_run(f.run.id)->traffic;
    CHECK(traffic.put == 2);
    CHECK(traffic.get == 2);
    CHECK(traffic.retried == 1);
  }
  CHECK(f.count(Outcome::applied) == 1);
}

TEST_CASE("retries beyond the budget wait, and no row loses a try by it") {
  Fixture f(10);
  f.retry_budget = {0.1, 100, 1};
  for (int i = 0; i < 12; ++i) f.store.script.push_back(reply(409));
  f.options.retry.attempts = 5;
  const auto started = std::chrono::steady_clock::now();
  CHECK_FALSE(f.send());
  CHECK(f.count(Outcome::applied) == 10);
  CHECK(f.ledger->find_run(f.run.id)->traffic.retried == 12);
  // Two retries are paid for by first tries; ten by time, each a hundredth of a second.
  CHECK(std::chrono::steady_clock::now() - started >= 90ms);
}

TEST_CASE("the windows of the store's quota are in the ledger when its account is closed") {
  Fixture f(20);
  f.store.rate = {30000, 20000, 1000, 900};
  CHECK_FALSE(f.send());
  std::vector<ledger::WindowUse> windows;
  f.ledger->for_each_window(f.run.id, [&](const ledger::WindowUse& use) { windows.push_back(use); });
  REQUIRE(windows.size() == 1);
  CHECK(windows[0].quota == 1000);
  CHECK(windows[0].budget == 900);
  CHECK(windows[0].used == 20);
  CHECK(windows[0].length == 30s);
  CHECK_FALSE(windows[0].whole);
}
