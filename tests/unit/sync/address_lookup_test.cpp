#include <doctest/doctest.h>

#include <numeric>

#include <consent_sync/sync/address_lookup.hpp>

#include "engine_fixture.hpp"

using namespace consent_sync;
using namespace consent_sync::sync::test;
using Owners = ledger::AddressedRow::Owners;

namespace {

std::string address(int number) {
  return "c" + std::to_string(number) + "@example.com";
}

consent::CustomerId id(int number) {
  return consent::CustomerId::from(number).value();
}

/// A ledger with one run of rows by address, staged and not planned.
struct LookupFixture : Fixture {
  explicit LookupFixture(int count) : Fixture(0) {
    staged = run;
    staged.id = "20261124T000001Z-000002";
    ledger->begin_run(staged);
    std::vector<ledger::StagedRow> rows;
    for (int i = 1; i <= count; ++i) {
      ledger::StagedRow row;
      row.line = i + 1;
      row.by_email = consent::RecordByEmail{address(i), allow_all, std::nullopt};
      rows.push_back(row);
      store.addresses.emplace(address(i), id(i));
    }
    ledger->stage(staged.id, rows);
  }

  std::optional<sync::Stopped> look_up(bool notes_existence = false) {
    asio::io_context io(1);
    FakeClients clients(store);
    sync::Pacing pacing(pace, retry_budget);
    sync::AddressLookup lookup(io, clients, *ledger, staged, pacing, options, consent::Timestamp{},
                               notes_existence);
    current = &lookup;
    std::optional<sync::Stopped> stopped;
    on_start(io);
    asio::co_spawn(io, lookup.run(), [&](std::exception_ptr failure, std::optional<sync::Stopped> how) {
      if (failure) std::rethrow_exception(failure);
      stopped = std::move(how);
    });
    io.run();
    last = lookup.progress();
    return stopped;
  }

  std::map<consent::LineNumber, std::vector<std::int64_t>> owners() {
    std::map<consent::LineNumber, std::vector<std::int64_t>> found;
    ledger->identify(staged.id, consent::Timestamp{}, [&](const ledger::AddressedRow& row) {
      CHECK(row.owners != Owners::not_asked);
      auto& ids = found[row.line];
      for (const consent::CustomerId customer : row.customers) ids.push_back(customer.value());
      return row.owners == Owners::known;
    });
    return found;
  }

  std::vector<std::size_t> list_sizes() const {
    std::vector<std::size_t> sizes;
    for (const auto& list : store.address_lists) sizes.push_back(list.size());
    return sizes;
  }

  ledger::Run staged;
  sync::Progress last;
  sync::AddressLookup* current = nullptr;
  std::function<void(asio::io_context&)> on_start = [](asio::io_context&) {};
};

}  // namespace

TEST_CASE("addresses are asked about in lists that fill a page, each once, and answers are matched to them") {
  LookupFixture f(600);
  f.store.addresses.erase(address(3));
  f.store.addresses.emplace(address(5), id(1005));
  CHECK_FALSE(f.look_up());
  CHECK(f.list_sizes() == std::vector<std::size_t>{250, 250, 100});
  CHECK(f.last.ended[Outcome::unchanged] == 599);
  CHECK(f.last.ended[Outcome::not_found] == 1);
  CHECK(f.ledger->find_run(f.staged.id)->traffic.get == 3);
  const auto owners = f.owners();
  CHECK(owners.at(2) == std::vector<std::int64_t>{1});
  CHECK(owners.at(4).empty());
  CHECK(owners.at(6) == std::vector<std::int64_t>{5, 1005});
}

TEST_CASE("the store writes addresses as it likes, and whom nobody asked about counts for nothing") {
  LookupFixture f(2);
  f.store.script = {
      reply(200, R"({"data":[{"id":1,"email":"C1@Example.COM"},{"id":9,"email":"other@example.com"},)"
                 R"({"id":8}]})")};
  CHECK_FALSE(f.look_up());
  const auto owners = f.owners();
  CHECK(owners.at(2) == std::vector<std::int64_t>{1});
  CHECK(owners.at(3).empty());
}

TEST_CASE(
    "an answer may come in pages, and counts when the last is there; a customer may be on two of them") {
  LookupFixture f(1);
  f.store.script = {
      reply(200, R"({"data":[{"id":7,"email":"c1@example.com"},{"id":8,"email":"c1@example.com"}],)"
                 R"("meta":{"pagination":{"current_page":1,"total_pages":2}}})"),
      reply(200, R"({"data":[{"id":8,"email":"c1@example.com"},{"id":9,"email":"c1@example.com"}],)"
                 R"("meta":{"pagination":{"current_page":2,"total_pages":2}}})")};
  CHECK_FALSE(f.look_up());
  CHECK(f.owners().at(2) == std::vector<std::int64_t>{7, 8, 9});
}

TEST_CASE("lists of addresses that are too long are halved, and none is forgotten") {
  LookupFixture f(200);
  f.store.longest_list = 60;
  CHECK_FALSE(f.look_up());
  CHECK(f.list_sizes() == std::vector<std::size_t>{200, 100, 50, 50, 50, 50});
  CHECK(f.owners().size() == 200);
  LookupFixture hopeless(3);
  hopeless.store.longest_list = 0;
  CHECK(hopeless.look_up()->by == sync::Stopped::By::misconfigured);
}

TEST_CASE("a lookup tries again, stops when it must, and goes on where it stopped") {
  LookupFixture f(600);
  f.store.script = {reply(502), reply(429, "", {30, 1, 10, 0}), refused_connection()};
  CHECK_FALSE(f.look_up());
  LookupFixture broken(600);
  broken.store.script = {reply(200, R"({"data":[]})")};
  for (int i = 0; i < 3; ++i) broken.store.script.push_back(reply(500));
  const auto stopped = broken.look_up();
  REQUIRE(stopped);
  CHECK(stopped->by == sync::Stopped::By::store_unavailable);
  CHECK(stopped->reason.find("whose the e-mail addresses are") != std::string::npos);
  broken.store.script.clear();
  broken.store.address_lists.clear();
  CHECK_FALSE(broken.look_up());
  const auto sizes = broken.list_sizes();
  CHECK(std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}) == 350);
  CHECK(broken.ledger->count_unasked_addresses(broken.staged.id, consent::Timestamp{}) == 0);
}

TEST_CASE("a list that is not answered in time is asked again, and as often as any") {
  LookupFixture f(3);
  f.store.script = {no_answer_in_time(), no_answer_in_time()};
  CHECK_FALSE(f.look_up());
  CHECK(f.list_sizes() == std::vector<std::size_t>{3, 3, 3});
  CHECK(f.owners().at(4) == std::vector<std::int64_t>{3});
  LookupFixture silent(3);
  silent.store.script = {no_answer_in_time(), no_answer_in_time(), no_answer_in_time()};
  const auto stopped = silent.look_up();
  REQUIRE(stopped);
  CHECK(stopped->by == sync::Stopped::By::store_unavailable);
  CHECK(stopped->reason.find("no answer within 30s") != std::string::npos);
}

TEST_CASE("a lookup that is stopped while a list is asked about takes no time for another try") {
  LookupFixture f(3);
  f.options.retry = {3, {1h, 1h}};
  f.store.script = {no_answer_in_time()};
  f.store.on_list = [&] { f.current->stop({sync::Stopped::By::request, "interrupted by SIGINT"}); };
  const auto stopped = f.look_up();
  REQUIRE(stopped);
  CHECK(stopped->by == sync::Stopped::By::request);
  CHECK(f.store.address_lists.size() == 1);
  f.store.on_list = [] {};
  CHECK_FALSE(f.look_up());
  CHECK(f.owners().size() == 3);
}

TEST_CASE("a lookup that is stopped while it waits for another try ends at once") {
  LookupFixture f(3);
  f.options.retry = {3, {1h, 1h}};
  f.store.script = {no_answer_in_time()};
  f.on_start = [&](asio::io_context& io) {
    f.store.on_list = [&] {
      // After the answer, which is a step away.
      asio::post(io, [&] {
        asio::post(io, [&] { f.current->stop({sync::Stopped::By::request, "interrupted by SIGINT"}); });
      });
    };
  };
  CHECK(f.look_up()->by == sync::Stopped::By::request);
  CHECK(f.store.address_lists.size() == 1);
}

TEST_CASE("who was found by address needs no preflight") {
  LookupFixture f(3);
  f.store.addresses.erase(address(2));
  CHECK_FALSE(f.look_up(true));
  f.owners();
  f.ledger->for_each_customer(f.staged.id, [&](const ledger::CustomerRows& rows) {
    REQUIRE(rows.observed);
    CHECK(rows.observed->exists);
  });
}
