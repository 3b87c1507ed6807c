#include <doctest/doctest.h>

#include <set>
#include <thread>

#include <consent_sync/ledger/work_list.hpp>

#include "fixture.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<StoreLock> taken(const std::string& location, std::chrono::milliseconds lease = 30s) {
  auto attempt = lock_store(location, our_store, lease);
  auto* lock = std::get_if<std::unique_ptr<StoreLock>>(&attempt);
  return lock == nullptr ? nullptr : std::move(*lock);
}

/// As if its holder had not been heard of for longer than the lease.
void let_lease_end(const std::string& location) {
  run_sql(location, "UPDATE store_lease SET expires_at = clock_timestamp()");
}

void wait_for_renewal(const std::string& location) {
  const auto give_up = std::chrono::steady_clock::now() + 30s;
  while (!store_holder(location, our_store)) {
    REQUIRE(std::chrono::steady_clock::now() < give_up);
    std::this_thread::yield();
  }
}

std::set<std::string> all_left(WorkList& list) {
  std::set<std::string> stores;
  while (const auto taken = list.take()) stores.insert(taken->store);
  return stores;
}

}  // namespace

SERVER_TEST("a store has one holder, who is named to others, and is free again when it lets go") {
  Fixture f;
  CHECK_FALSE(store_holder(f.location, our_store));
  std::unique_ptr<StoreLock> mine = taken(f.location);
  REQUIRE(mine);
  CHECK(mine->is_held());
  CHECK_FALSE(taken(f.location));
  const std::optional<StoreHeld> holder = store_holder(f.location, our_store);
  REQUIRE(holder);
  CHECK(holder->owner.find("process " + std::to_string(::getpid())) != std::string::npos);
  CHECK(holder->since);
  mine.reset();
  CHECK_FALSE(store_holder(f.location, our_store));
  CHECK(taken(f.location));
}

SERVER_TEST("stores are held apart from each other") {
  Fixture f;
  const auto one = lock_store(f.location, "one", 30s);
  const auto other = lock_store(f.location, "other", 30s);
  CHECK(std::holds_alternative<std::unique_ptr<StoreLock>>(one));
  CHECK(std::holds_alternative<std::unique_ptr<StoreLock>>(other));
}

SERVER_TEST("who was taken over from neither holds the store nor writes about it, whatever it does") {
  Fixture f;
  const std::unique_ptr<StoreLock> late = taken(f.location);
  const std::unique_ptr<Ledger> its_ledger = open_ledger(f.location, late.get());
  open_run_of(*its_ledger, "run-1", {understood(2, 7), understood(3, 8)}, our_store);
  const std::vector<QueuedChange> changes = its_ledger->take_changes("run-1", {}, 10);
  record_one(*its_ledger, "run-1", applied(changes[0].change));

  let_lease_end(f.location);
  const std::unique_ptr<StoreLock> next = taken(f.location);
  REQUIRE(next);
  CHECK(next->fence()->token > late->fence()->token);

  CHECK_THROWS_AS(record_one(*its_ledger, "run-1", applied(changes[1].change)), LeaseLost);
  CHECK_THROWS_AS(its_ledger->take_changes("run-1", {}, 10), LeaseLost);
  CHECK_THROWS_AS(its_ledger->give_back("run-1", {}), LeaseLost);
  CHECK_THROWS_AS(its_ledger->end_run("run-1", 0, "", at(9)), LeaseLost);
  CHECK_THROWS_AS(its_ledger->begin_run(make_run("run-2", our_store)), LeaseLost);
  CHECK_FALSE(its_ledger->find_run("run-2"));

  const std::unique_ptr<Ledger> next_ledger = open_ledger(f.location, next.get());
  next_ledger->resume_run("run-1");
  const std::vector<QueuedChange> left = next_ledger->take_changes("run-1", {}, 10);
  REQUIRE(left.size() == 1);
  CHECK(left[0].change.customer == customer(8));
  CHECK(left[0].may_have_been_sent);
  record_one(*next_ledger, "run-1", applied(left[0].change));
  next_ledger->end_run("run-1", 0, "", at(11));
  CHECK(next_ledger->counts("run-1")[Outcome::applied] == 2);
}

SERVER_TEST("who stands still in the middle of a write is cut off after the length of its lease") {
  Fixture f;
  const std::unique_ptr<StoreLock> late = taken(f.location, 3s);
  const std::unique_ptr<Ledger> its_ledger = open_ledger(f.location, late.get());
  its_ledger->begin_run(make_run("run-1", our_store));
  its_ledger->stage("run-1", std::vector{not_understood(2, "?")});
  its_ledger->commit_plan("run-1");
  const auto is_idle_in_a_transaction = [&] {
    try {
      run_sql(f.location,
              "DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction' AND "
              "pid <> "
              "pg_backend_pid()) THEN RAISE EXCEPTION 'it is'; END IF; END $$");
      return false;
    } catch (const std::runtime_error&) {
      return true;
    }
  };
  const auto stand_still = [&](const Run&, const RowResult&) {
    REQUIRE(is_idle_in_a_transaction());
    while (is_idle_in_a_transaction()) std::this_thread::yield();
    return false;
  };
  CHECK_THROWS_AS(its_ledger->erase_customer(our_store, customer(7), stand_still, at(9)), LedgerError);
}

SERVER_TEST("another store may be written about without its lease: only its own was lost") {
  Fixture f;
  const std::unique_ptr<StoreLock> late = taken(f.location);
  const std::unique_ptr<Ledger> its_ledger = open_ledger(f.location, late.get());
  let_lease_end(f.location);
  const std::unique_ptr<StoreLock> next = taken(f.location);
  open_run_of(*its_ledger, "run-1", {understood(2, 7)}, "another");
  CHECK(its_ledger->find_run("run-1")->state == RunState::open);
}

SERVER_TEST("a lease whose end came unnoticed goes on, if nobody took the store meanwhile") {
  Fixture f;
  const std::unique_ptr<StoreLock> mine = taken(f.location, 3s);
  const std::unique_ptr<Ledger> ledger = open_ledger(f.location, mine.get());
  let_lease_end(f.location);
  open_run_of(*ledger, "run-1", {understood(2, 7)}, our_store);
  wait_for_renewal(f.location);
  CHECK_FALSE(taken(f.location));
}

SERVER_TEST("a lease is renewed while its holder writes, and nobody takes the store before that") {
  Fixture f;
  const std::unique_ptr<StoreLock> mine = taken(f.location, 9s);
  const std::unique_ptr<Ledger> ledger = open_ledger(f.location, mine.get());
  ledger->begin_run(make_run("run-1", our_store));
  ledger->stage("run-1", std::vector{not_understood(2, "?")});
  ledger->commit_plan("run-1");
  const auto in_the_middle = [&](const Run&, const RowResult&) {
    let_lease_end(f.location);
    CHECK_FALSE(taken(f.location));
    wait_for_renewal(f.location);
    CHECK(mine->is_held());
    return true;
  };
  CHECK(ledger->erase_customer(our_store, customer(7), in_the_middle, at(9)).texts == 1);
}

SERVER_TEST("that a store was taken over is found out by the next renewal") {
  Fixture f;
  const std::unique_ptr<StoreLock> mine = taken(f.location, 3s);
  REQUIRE(mine->is_held());
  run_sql(f.location, "UPDATE store_lease SET token = token + 1");
  const auto give_up = std::chrono::steady_clock::now() + 30s;
  while (mine->is_held() && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
  CHECK_FALSE(mine->is_held());
}

SERVER_TEST("each store of a batch is taken once, by whoever asks") {
  Fixture f;
  const auto one = open_work_list(f.location, "night", {}, 30s);
  const auto other = open_work_list(f.location, "night", {}, 30s);
  const std::vector<std::string> stores{"a", "b", "c"};
  one->add(stores);
  other->add(stores);
  const std::optional<WorkList::Taken> first = one->take();
  REQUIRE(first);
  std::set<std::string> rest = all_left(*other);
  CHECK(rest.size() == 2);
  CHECK_FALSE(rest.contains(first->store));
  CHECK_FALSE(one->take());
  one->end(*first, 0);
  CHECK(one->standing().ended == 1);
  CHECK(one->standing().stores == 3);
  CHECK(open_work_list(f.location, "another night", {}, 30s)->standing().stores == 0);
}

SERVER_TEST("who looks at some stores of a batch sees no others") {
  Fixture f;
  const auto all = open_work_list(f.location, "night", {}, 30s);
  all->add(std::vector<std::string>{"a", "b", "c"});
  all->end(all->take().value(), 5);
  const auto some = open_work_list(f.location, "night", std::array<std::string, 2>{"b", "c"}, 30s);
  CHECK(some->standing().stores == 2);
  some->end(some->take().value(), 0);
  CHECK(some->exit_codes() == std::vector{0});
  CHECK(some->take()->store == "c");
  CHECK_FALSE(some->take());
}

SERVER_TEST("a store whose taker is not heard of comes again, and only its last taker ends it") {
  Fixture f;
  const auto list = open_work_list(f.location, "night", {}, 30s);
  list->add(std::vector{our_store});
  const std::optional<WorkList::Taken> dead = list->take();
  REQUIRE(dead);
  CHECK_FALSE(list->take());
  run_sql(f.location, "UPDATE work_item SET not_before = clock_timestamp()");
  CHECK(list->keep(std::array{*dead}).empty());
  CHECK_FALSE(list->take());  // it is heard of
  run_sql(f.location, "UPDATE work_item SET not_before = clock_timestamp()");
  {
    const std::unique_ptr<StoreLock> lock = taken(f.location);
    CHECK_FALSE(list->take());  // somebody is at it
    CHECK(list->standing().taken == 1);
  }
  const std::optional<WorkList::Taken> next = list->take();
  REQUIRE(next);
  CHECK(next->taking == 2);
  CHECK(list->keep(std::array{*dead, *next}) == std::vector{our_store});
  list->end(*dead, 6);
  CHECK(list->standing().ended == 0);
  CHECK(list->keep(std::array{*next}).empty());
  list->end(*next, 0);
  CHECK(list->keep(std::array{*next}) == std::vector{our_store});
  CHECK(list->standing().ended == 1);
}

SERVER_TEST("a store whose process lost its lease comes again, though its worker says that it is at work") {
  Fixture f;
  const auto list = open_work_list(f.location, "night", {}, 30s);
  list->add(std::vector{our_store});
  const WorkList::Taken taking = list->take().value();
  const std::unique_ptr<StoreLock> lock = taken(f.location);
  list->keep(std::array{taking});
  CHECK_FALSE(list->take());
  let_lease_end(f.location);
  list->keep(std::array{taking});
  CHECK(list->take()->taking == 2);
  CHECK_FALSE(list->take());  // the second has not got the lease yet
}

SERVER_TEST(
    "a store whose process never asks for its lease, or does not end after it, comes again after five "
    "leases") {
  Fixture f;
  const auto list = open_work_list(f.location, "night", {}, 30s);
  list->add(std::vector{our_store});
  const WorkList::Taken first = list->take().value();
  run_sql(f.location, "UPDATE work_item SET taken_at = clock_timestamp() - interval '140 s'");
  list->keep(std::array{first});
  CHECK_FALSE(list->take());
  run_sql(f.location, "UPDATE work_item SET taken_at = clock_timestamp() - interval '151 s'");
  const WorkList::Taken second = list->take().value();
  run_sql(f.location, "UPDATE work_item SET taken_at = clock_timestamp() - interval '1 hour'");
  taken(f.location).reset();
  list->keep(std::array{second});
  CHECK_FALSE(list->take());  // it has given the lease back a moment ago
  run_sql(f.location, "UPDATE store_lease SET expires_at = clock_timestamp() - interval '151 s'");
  CHECK(list->take()->taking == 3);
}

SERVER_TEST("a pause is kept, also when the process died with its lease") {
  Fixture f;
  const auto list = open_work_list(f.location, "night", {}, 30s);
  list->add(std::vector{our_store});
  const WorkList::Taken taking = list->take().value();
  const std::unique_ptr<StoreLock> lock = taken(f.location);
  let_lease_end(f.location);
  list->put_back(taking, 6, 1h);
  CHECK_FALSE(list->take());
}

SERVER_TEST("a store that was put back comes again after its pause, behind those that were never taken") {
  Fixture f;
  const auto list = open_work_list(f.location, "night", {}, 30s);
  list->add(std::vector<std::string>{"a"});
  const WorkList::Taken first = list->take().value();
  list->put_back(first, 5, 1h);
  CHECK_FALSE(list->take());
  list->put_back(first, 5, 0ms);
  list->add(std::vector<std::string>{"b"});
  CHECK(list->take()->store == "b");
  CHECK(list->take()->store == "a");
}

SERVER_TEST("a program goes on beside a newer one's tables for as long as these allow it") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  run_sql(f.location, "UPDATE ledger_version SET version = 2");
  CHECK(open_ledger(f.location)->find_run("run-1"));
  run_sql(f.location, "UPDATE ledger_version SET works_with = 2");
  CHECK_THROWS_WITH_AS(open_ledger(f.location), doctest::Contains("was migrated by a newer consent-sync"),
                       LedgerError);
}

SERVER_TEST("a text that is no UTF-8, or has a NUL in it, is kept readable; bytes are kept as they are") {
  Fixture f;
  StagedRow row = not_understood(2, std::string("what \xFF is ") + '\0' + "?");
  row.source = std::string("1,\xFF,") + '\0' + "\\\t\n\r";
  f.ledger->begin_run(make_run("run-1"));
  f.ledger->stage("run-1", std::vector{row, understood(3, 7), understood(4, 7)});
  PlannedRow carried = planned(4, Outcome::pending);
  carried.carried_by = 3;
  f.ledger->plan("run-1", std::vector{to_send(3, 7, std::nullopt, all_allowed), carried});
  f.ledger->commit_plan("run-1");
  const std::vector<RowResult> rows = rows_of(*f.ledger, "run-1");
  CHECK(rows.at(0).source == row.source);
  ChangeResult refused = ended(f.ledger->take_changes("run-1", {}, 1).at(0).change, Outcome::rejected);
  refused.reason = std::string("a\tb\\ \xC3\xA4 \xFF ") + '\0';
  record_one(*f.ledger, "run-1", refused);
  const std::vector<RowResult> after = rows_of(*f.ledger, "run-1");
  CHECK(after.at(1).reason == refused.reason);
  CHECK(after.at(2).reason == "a\tb\\ \xC3\xA4 \xEF\xBF\xBD \xEF\xBF\xBD");
}

TEST_CASE("a ledger in a file has no list that machines share" * doctest::test_suite("file")) {
  const TemporaryDirectory directory;
  CHECK_THROWS_AS(open_work_list("sqlite:" + directory.file("ledger.db"), "night", {}, 30s), LedgerError);
}

SERVER_TEST("what was put on a list long ago goes from it, but for what is at work") {
  Fixture f;
  const auto list = open_work_list(f.location, "always", {}, 30s);
  list->add(std::array<std::string, 2>{"at work", "ended"});
  const WorkList::Taken at_work = list->take().value();
  list->end(list->take().value(), 0);
  run_sql(f.location, "UPDATE work_item SET added_at = clock_timestamp() - interval '91 days'");
  list->add({});
  CHECK(list->standing().stores == 1);
  CHECK(list->keep(std::array{at_work}).empty());
}
