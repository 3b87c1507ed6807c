#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <map>
#include <set>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/store/codec.hpp>
#include <consent_sync/sync/engine.hpp>

namespace consent_sync::sync::test {

using namespace std::chrono_literals;
using consent::Outcome;
namespace asio = boost::asio;

inline store::Exchange reply(int status, std::string body = "", store::RateHeaders rate = {}) {
  store::Reply reply;
  reply.rate = rate;
  reply.status = status;
  reply.body = std::move(body);
  return store::Exchange(std::move(reply));
}

inline store::Exchange refused_connection() {
  store::TransportFailure failure;
  failure.phase = store::Phase::connect;
  failure.message = "connect: refused";
  return store::Exchange(std::move(failure));
}

inline store::Exchange no_answer_in_time() {
  store::TransportFailure failure;
  failure.phase = store::Phase::read;
  failure.timed_out = true;
  failure.may_have_arrived = true;
  failure.message = "read: no answer within 30s";
  return store::Exchange(std::move(failure));
}

/// A store in memory: scripted answers first, in order, for whoever asks; then it does as it is told.
struct FakeStore {
  std::deque<store::Exchange> script;
  store::Exchange on_first_customer = reply(200, R"({"data":[]})");  ///< what is asked about nobody
  std::set<consent::CustomerId> poisoned;                            ///< each PUT of theirs is answered 500
  std::map<consent::CustomerId, consent::Choice> held;
  std::vector<consent::CustomerId> asked;
  std::set<consent::CustomerId> in_flight;
  bool was_asked_twice_at_once = false;
  std::function<void()> on_put = [] {};
  std::function<void()> on_list = [] {};  ///< the request for a list has left
  store::RateHeaders rate;
  int told = 0;  ///< consents
  std::set<consent::CustomerId> missing;
  std::vector<std::size_t> lists;
  std::size_t longest_list = 250;
  std::multimap<std::string, consent::CustomerId> addresses;  ///< in lower case
  std::vector<std::vector<std::string>> address_lists;

  store::Exchange answer(consent::CustomerId customer, consent::Choice choice) {
    if (!script.empty()) {
      store::Exchange next = script.front();
      script.pop_front();
      return next;
    }
    if (poisoned.contains(customer)) return reply(500);
    held[customer] = choice;
    return reply(200, store::encode_choice(choice), rate);
  }

  store::Exchange tell(consent::CustomerId customer) {
    ++told;
    if (missing.contains(customer)) return reply(404);
    return reply(200, store::encode_choice(held.contains(customer) ? held.at(customer) : consent::Choice()),
                 rate);
  }

  store::Exchange list_by_email(const std::vector<std::string>& emails);

  store::Exchange list(const std::vector<consent::CustomerId>& customers) {
    lists.push_back(customers.size());
    if (!script.empty()) {
      store::Exchange next = script.front();
      script.pop_front();
      return next;
    }
    if (customers.size() > longest_list) return reply(413);
    std::string data;
    for (const consent::CustomerId customer : customers) {
      if (missing.contains(customer)) continue;
      data += (data.empty() ? "{\"id\":" : ",{\"id\":") + std::to_string(customer.value()) + "}";
    }
    return reply(200, "{\"data\":[" + data + "]}", rate);
  }
};

inline store::Exchange FakeStore::list_by_email(const std::vector<std::string>& emails) {
  address_lists.push_back(emails);
  if (!script.empty()) {
    store::Exchange next = script.front();
    script.pop_front();
    return next;
  }
  if (emails.size() > longest_list) return reply(413);
  std::string data;
  for (const std::string& email : emails) {
    const auto [begin, end] = addresses.equal_range(email);
    for (auto owner = begin; owner != end; ++owner) {
      data += (data.empty() ? "{\"id\":" : ",{\"id\":") + std::to_string(owner->second.value()) +
              ",\"email\":\"" + owner->first + "\"}";
    }
  }
  return reply(200, "{\"data\":[" + data + "]}", rate);
}

class FakeClient : public store::Client {
 public:
  FakeClient(FakeStore& store, asio::any_io_executor executor) : store_(store), executor_(executor) {}

  asio::awaitable<store::Exchange> put_consent(consent::CustomerId customer,
                                               consent::Choice choice) override {
    if (!store_.in_flight.insert(customer).second) store_.was_asked_twice_at_once = true;
    store_.asked.push_back(customer);
    store_.on_put();
    co_await asio::post(executor_, asio::use_awaitable);
    store_.in_flight.erase(customer);
    co_return store_.answer(customer, choice);
  }
  asio::awaitable<store::Exchange> get_consent(consent::CustomerId customer) override {
    co_await asio::post(executor_, asio::use_awaitable);
    co_return store_.tell(customer);
  }
  asio::awaitable<store::Exchange> get_customers(const std::vector<consent::CustomerId>& customers,
                                                 int) override {
    store_.on_list();
    co_await asio::post(executor_, asio::use_awaitable);
    co_return store_.list(customers);
  }
  asio::awaitable<store::Exchange> get_customers_by_email(const std::vector<std::string>& emails,
                                                          int) override {
    store_.on_list();
    co_await asio::post(executor_, asio::use_awaitable);
    co_return store_.list_by_email(emails);
  }
  asio::awaitable<store::Exchange> get_first_customer() override {
    co_await asio::post(executor_, asio::use_awaitable);
    co_return store_.on_first_customer;
  }
  void abort() override {}
  asio::awaitable<void> close() override { co_return; }

 private:
  FakeStore& store_;
  asio::any_io_executor executor_;
};

struct FakeClients : store::ClientFactory {
  explicit FakeClients(FakeStore& to) : store(to) {}
  std::unique_ptr<store::Client> make(asio::any_io_executor executor) override {
    return std::make_unique<FakeClient>(store, executor);
  }
  FakeStore& store;
};

inline const consent::Choice deny_all = consent::Choice::from_masks(0b0001, 0b1110).value();
inline const consent::Choice allow_all = consent::Choice::from_masks(0b1111, 0).value();

/// A ledger in a file of its own with one open run: odd customers are granted everything, even ones withdraw
/// it.
struct Fixture {
  explicit Fixture(int customers) {
    char name[] = "/tmp/consent-sync-engine-XXXXXX";
    directory = ::mkdtemp(name);
    ledger = ledger::open_ledger("sqlite:" + (directory / "ledger.db").string());
    run.id = "20261124T000000Z-000001";
    run.store = "sandbox";
    ledger->begin_run(run);
    std::vector<ledger::StagedRow> rows;
    std::vector<ledger::PlannedRow> planned;
    for (int i = 1; i <= customers; ++i) {
      const auto customer = consent::CustomerId::from(i).value();
      const consent::Choice choice = i % 2 == 0 ? deny_all : allow_all;
      rows.push_back({i + 1, consent::Record{customer, choice, std::nullopt}, "", ""});
      ledger::PlannedRow row;
      row.line = i + 1;
      row.after = choice;
      row.change = consent::Change{i + 1, customer, std::nullopt, choice};
      planned.push_back(row);
    }
    ledger->stage(run.id, rows);
    run.input.rows = rows.size();
    ledger->finish_staging(run.id, run.input);
    ledger->plan(run.id, planned);
    ledger->commit_plan(run.id);
    options.retry = {3, {1ms, 2ms}};
    pace.breaker.probe = {1ms, 2ms};
  }
  ~Fixture() { std::filesystem::remove_all(directory); }

  std::optional<sync::Stopped> send() {
    asio::io_context io(1);
    FakeClients clients(store);
    sync::QueueWork work(*ledger, run.id);
    sync::Pacing pacing(pace, retry_budget);
    sync::Engine engine(io, clients, work, run, pacing, options);
    current = &engine;
    std::optional<sync::Stopped> stopped;
    asio::co_spawn(io, engine.run(), [&](std::exception_ptr failure, std::optional<sync::Stopped> how) {
      if (failure) std::rethrow_exception(failure);
      stopped = std::move(how);
    });
    io.run();
    sync::close_quota_account(*ledger, run.id, pacing.pacer);
    return stopped;
  }

  std::uint64_t count(Outcome outcome) const { return ledger->counts(run.id)[outcome]; }

  std::filesystem::path directory;
  std::unique_ptr<ledger::Ledger> ledger;
  ledger::Run run;
  FakeStore store;
  pace::PacerOptions pace;
  pace::RetryBudgetOptions retry_budget;
  sync::EngineOptions options;
  sync::Engine* current = nullptr;
};

}  // namespace consent_sync::sync::test
