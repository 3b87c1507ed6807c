#include <doctest/doctest.h>

#include <consent_sync/sync/preflight.hpp>

#include "engine_fixture.hpp"

using namespace consent_sync;
using namespace consent_sync::sync::test;

namespace {

/// A ledger with one run of a rising list of customers, staged and not planned.
struct StagedFixture : Fixture {
  explicit StagedFixture(int customers) : Fixture(0) {
    staged = run;
    staged.id = "20261124T000001Z-000002";
    ledger->begin_run(staged);
    std::vector<ledger::StagedRow> rows;
    for (int i = 1; i <= customers; ++i) {
      rows.push_back({i + 1, consent::Record{id(i), allow_all, std::nullopt}, "", ""});
    }
    ledger->stage(staged.id, rows);
  }

  static consent::CustomerId id(int number) { return consent::CustomerId::from(number).value(); }

  template <class Engine>
  std::optional<sync::Stopped> run_to_end(asio::io_context& io, Engine& engine) {
    std::optional<sync::Stopped> stopped;
    asio::co_spawn(io, engine.run(), [&](std::exception_ptr failure, std::optional<sync::Stopped> how) {
      if (failure) std::rethrow_exception(failure);
      stopped = std::move(how);
    });
    io.run();
    return stopped;
  }

  std::optional<sync::Stopped> preflight() {
    asio::io_context io(1);
    FakeClients clients(store);
    sync::Pacing pacing(pace, retry_budget);
    sync::Preflight engine(io, clients, *ledger, staged, pacing, options);
    return run_to_end(io, engine);
  }

  std::optional<sync::Stopped> survey() {
    asio::io_context io(1);
    FakeClients clients(store);
    options.asking.only_ask = true;
    sync::SurveyWork work(*ledger, staged.id,
                          [](const ledger::CustomerRows& customer) { return !customer.observed; });
    sync::Pacing pacing(pace, retry_budget);
    sync::Engine engine(io, clients, work, staged, pacing, options);
    return run_to_end(io, engine);
  }

  std::map<std::int64_t, std::optional<ledger::Observation>> observed() {
    std::map<std::int64_t, std::optional<ledger::Observation>> found;
    ledger->for_each_customer(
        staged.id, [&](const ledger::CustomerRows& rows) { found[rows.customer.value()] = rows.observed; });
    return found;
  }

  ledger::Run staged;
};

}  // namespace

TEST_CASE("with check_store each PUT follows a GET, and a shopper's withdrawal is not turned around") {
  Fixture f(100);
  f.options.asking.check = true;
  for (int i = 1; i <= 50; ++i) f.store.held[consent::CustomerId::from(i).value()] = deny_all;
  CHECK_FALSE(f.send());
  // 25 of the first 50 are withdrawals that are so already; the other 25 are grants that a denial in the
  // store stops.
  CHECK(f.count(Outcome::unchanged) == 50);
  CHECK(f.count(Outcome::applied) == 50);
  CHECK(f.store.asked.size() == 50);
  CHECK(f.store.told == 100);
  const ledger::Traffic traffic = f.ledger->find_run(f.run.id)->traffic;
  CHECK(traffic.put == 50);
  CHECK(traffic.get == 100);
}

TEST_CASE("a preflight costs a request for 250 customers, and says of each whether it exists") {
  StagedFixture f(600);
  f.store.missing = {StagedFixture::id(1), StagedFixture::id(300), StagedFixture::id(600)};
  CHECK_FALSE(f.preflight());
  CHECK(f.store.lists == std::vector<std::size_t>{250, 250, 100});
  const auto observed = f.observed();
  for (const auto& [customer, observation] : observed) {
    REQUIRE(observation);
    CHECK(observation->exists == !f.store.missing.contains(StagedFixture::id(static_cast<int>(customer))));
    CHECK_FALSE(observation->held);
  }
  CHECK(f.ledger->find_run(f.staged.id)->traffic.get == 3);
  CHECK_FALSE(f.preflight());
  CHECK(f.store.lists.size() == 3);
}

TEST_CASE("lists that are too long for the store are halved until they are not") {
  StagedFixture f(200);
  f.store.longest_list = 60;
  CHECK_FALSE(f.preflight());
  CHECK(f.store.lists == std::vector<std::size_t>{200, 100, 50, 50, 50, 50});
  StagedFixture hopeless(10);
  hopeless.store.longest_list = 0;
  const auto stopped = hopeless.preflight();
  REQUIRE(stopped);
  CHECK(stopped->by == sync::Stopped::By::misconfigured);
}

TEST_CASE("a list that is cut off is asked for again, and is no shorter for it") {
  StagedFixture f(200);
  store::Reply cut_off;
  cut_off.status = 200;
  cut_off.body = R"({"data":[{"id":1)";
  cut_off.body_truncated = true;
  f.store.script = {store::Exchange(cut_off), store::Exchange(cut_off)};
  CHECK_FALSE(f.preflight());
  CHECK(f.store.lists == std::vector<std::size_t>{200, 200, 200});
}

TEST_CASE("a list may come in pages, and its answer waits for the last") {
  StagedFixture f(3);
  f.store.script = {
      reply(200, R"({"data":[{"id":1},{"id":2}],"meta":{"pagination":{"current_page":1,"total_pages":2}}})"),
      reply(200, R"({"data":[{"id":3}],"meta":{"pagination":{"current_page":2,"total_pages":2}}})")};
  CHECK_FALSE(f.preflight());
  for (const auto& [customer, observation] : f.observed()) CHECK(observation->exists);
}

TEST_CASE("a preflight tries again, waits out a 429, and stops when the store stays out of order") {
  StagedFixture f(3);
  f.store.script = {reply(503), reply(502), reply(429, "", {30, 1, 10, 0}), refused_connection()};
  CHECK_FALSE(f.preflight());
  CHECK(f.observed().at(3)->exists);
  CHECK(f.ledger->find_run(f.staged.id)->traffic.retried == 3);
  StagedFixture refused(3);
  refused.store.script = {reply(403)};
  CHECK(refused.preflight()->by == sync::Stopped::By::store_refused);
  StagedFixture broken(3);
  for (int i = 0; i < 10; ++i) broken.store.script.push_back(reply(500));
  CHECK(broken.preflight()->by == sync::Stopped::By::store_unavailable);
}

TEST_CASE("a survey notes what the store holds of each customer, and who is missing; it sends nothing") {
  StagedFixture f(300);
  f.store.held[StagedFixture::id(7)] = deny_all;
  f.store.missing = {StagedFixture::id(9)};
  CHECK_FALSE(f.survey());
  const auto observed = f.observed();
  CHECK(observed.at(7)->held == deny_all);
  CHECK(observed.at(8)->held == consent::Choice());
  CHECK_FALSE(observed.at(9)->exists);
  CHECK(f.store.asked.empty());
  CHECK(f.store.told == 300);
}

TEST_CASE("no more than the canary's changes are taken, and each is read back") {
  Fixture f(100);
  asio::io_context io(1);
  FakeClients clients(f.store);
  f.options.asking.read_back = true;
  sync::QueueWork work(*f.ledger, f.run.id, 10);
  sync::Pacing pacing(f.pace, f.retry_budget);
  sync::Engine engine(io, clients, work, f.run, pacing, f.options);
  asio::co_spawn(io, engine.run(), [&](std::exception_ptr failure, std::optional<sync::Stopped>) {
    if (failure) std::rethrow_exception(failure);
  });
  io.run();
  CHECK(f.count(Outcome::applied) == 10);
  CHECK(f.count(Outcome::pending) == 90);
  CHECK(f.store.told == 10);
}
