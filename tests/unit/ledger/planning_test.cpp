#include <doctest/doctest.h>

#include "fixture.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

namespace {

std::vector<CustomerRows> customers_of(Ledger& ledger, const RunId& id) {
  std::vector<CustomerRows> customers;
  ledger.for_each_customer(id, [&](const CustomerRows& rows) { customers.push_back(rows); });
  return customers;
}

}  // namespace

TEST_CASE(
    "customers are visited once, in the order of their ids, each with its rows in the order of the input") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  f.ledger->stage(
      "run-1", std::vector{understood(2, 9, all_allowed, at(3)), understood(3, 4), not_understood(4, "x")});
  f.ledger->stage("run-1",
                  std::vector{understood(5, 9, only_essential), understood(6, 4, only_essential, at(1))});
  const auto customers = customers_of(*f.ledger, "run-1");
  REQUIRE(customers.size() == 2);
  CHECK(customers[0].customer == customer(4));
  CHECK(customers[0].rows[1].line == 6);
  CHECK(customers[1].customer == customer(9));
  REQUIRE(customers[1].rows.size() == 2);
  CHECK(customers[1].rows[0].line == 2);
  CHECK(customers[1].rows[0].choice == all_allowed);
  CHECK(customers[1].rows[0].decided_at == at(3));
  CHECK(customers[1].rows[1].line == 5);
  CHECK_FALSE(customers[1].rows[1].decided_at);
}

TEST_CASE("a customer comes with what its own store last confirmed") {
  Fixture f;
  open_run_of(*f.ledger, "old", {understood(2, 7, only_essential), understood(3, 8, only_essential)});
  for (const auto& queued : f.ledger->take_changes("old", {}, 10))
    record_one(*f.ledger, "old", applied(queued.change));
  f.ledger->begin_run(make_run("new"));
  f.ledger->begin_run(make_run("other", "other"));
  for (const char* id : {"new", "other"})
    f.ledger->stage(id, std::vector{understood(2, 7), understood(3, 99)});
  const auto customers = customers_of(*f.ledger, "new");
  CHECK(customers[0].base.believed() == only_essential);
  CHECK_FALSE(customers[1].base.held);
  CHECK_FALSE(customers_of(*f.ledger, "other")[0].base.held);
}

TEST_CASE("the visitor may plan while it is called, and every customer is still visited") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  std::vector<StagedRow> staged;
  for (LineNumber line = 2; line < 2002; ++line) staged.push_back(understood(line, 5000 - line));
  f.ledger->stage("run-1", staged);
  std::uint64_t visits = 0;
  f.ledger->for_each_customer("run-1", [&](const CustomerRows& rows) {
    ++visits;
    f.ledger->plan("run-1", std::vector{planned(rows.rows[0].line, Outcome::unchanged)});
  });
  CHECK(visits == 2000);
  CHECK(f.ledger->counts("run-1")[Outcome::unchanged] == 2000);
  CHECK(f.ledger->counts("run-1").total() == 2000);
}

TEST_CASE("what the visitor throws comes through") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  f.ledger->stage("run-1", std::vector{understood(2, 7)});
  CHECK_THROWS_AS(
      f.ledger->for_each_customer("run-1", [](const CustomerRows&) { throw std::logic_error("x"); }),
      std::logic_error);
  CHECK(customers_of(*f.ledger, "run-1").size() == 1);
}

TEST_CASE("counts come from the rows: invalid ones at once, the rest pending until planned") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  f.ledger->stage("run-1", std::vector{understood(2, 7), understood(3, 8), not_understood(4, "x")});
  CHECK(f.ledger->counts("run-1")[Outcome::invalid] == 1);
  CHECK(f.ledger->counts("run-1")[Outcome::pending] == 2);
  f.ledger->plan("run-1", std::vector{planned(2, Outcome::superseded)});
  const OutcomeCounts counts = f.ledger->counts("run-1");
  CHECK(counts[Outcome::superseded] == 1);
  CHECK(counts[Outcome::pending] == 1);
  CHECK(counts.total() == 3);
  CHECK(counts.of_class(consent_sync::consent::OutcomeClass::ok) == 1);
  CHECK(counts.of_class(consent_sync::consent::OutcomeClass::problem) == 1);
  CHECK(counts.of_class(consent_sync::consent::OutcomeClass::unfinished) == 1);
}

TEST_CASE("change counts are of all planned changes, also once they have ended") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  f.ledger->stage("run-1", std::vector{understood(2, 7), understood(3, 8), understood(4, 9)});
  f.ledger->plan("run-1", std::vector{to_send(2, 7, all_allowed, only_essential),
                                      to_send(3, 8, only_essential, all_allowed),
                                      to_send(4, 9, choice(0b0011, 0b1100), choice(0b0101, 0b1010))});
  f.ledger->commit_plan("run-1");
  for (const auto& queued : f.ledger->take_changes("run-1", {}, 10))
    record_one(*f.ledger, "run-1", applied(queued.change));
  const ChangeCounts counts = f.ledger->change_counts("run-1");
  CHECK(counts.changes == 3);
  CHECK(counts.withdrawing == 2);
  CHECK(counts.granting == 2);
}

TEST_CASE("rows that another row's change speaks for are rows of their own, and no changes") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  f.ledger->stage("run-1",
                  std::vector{understood(2, 7), understood(3, 7), understood(4, 8), understood(5, 8)});
  std::vector plan{to_send(2, 7, std::nullopt, all_allowed), planned(3, Outcome::pending),
                   to_send(4, 8, std::nullopt, all_allowed), planned(5, Outcome::pending)};
  plan[1].carried_by = 2;
  plan[3].carried_by = 4;
  f.ledger->plan("run-1", plan);
  f.ledger->commit_plan("run-1");
  CHECK(f.ledger->queued("run-1").changes == 2);
  record_one(*f.ledger, "run-1", applied(f.ledger->take_changes("run-1", {}, 1).at(0).change));
  CHECK(f.ledger->counts("run-1")[Outcome::applied] == 2);
  CHECK(f.ledger->change_counts("run-1").changes == 2);
  CHECK(f.ledger->customer_ends("run-1").applied == 1);
  CHECK(f.ledger->queued("run-1").changes == 1);
  std::vector<bool> carried;
  for (const RowResult& row : rows_of(*f.ledger, "run-1")) carried.push_back(row.is_carried);
  CHECK(carried == std::vector{false, true, false, true});
}

TEST_CASE("a dry run counts its changes and queues none") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  f.ledger->stage("run-1", std::vector{understood(2, 7)});
  PlannedRow row = to_send(2, 7, std::nullopt, all_allowed);
  row.outcome = Outcome::would_apply;
  f.ledger->plan("run-1", std::vector{row});
  f.ledger->commit_plan("run-1");
  CHECK(f.ledger->change_counts("run-1").changes == 1);
  CHECK(f.ledger->take_changes("run-1", {}, 10).empty());
  f.ledger->end_run("run-1", 0, "", at(9));
  CHECK(f.ledger->find_run("run-1")->state == RunState::finished);
}

TEST_CASE("a batch that cannot be staged whole leaves nothing") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  CHECK_THROWS_AS(f.ledger->stage("run-1", std::vector{understood(2, 7), understood(2, 8)}), LedgerError);
  CHECK(f.ledger->counts("run-1").total() == 0);
  f.ledger->stage("run-1", std::vector{understood(2, 7)});
  CHECK(f.ledger->counts("run-1").total() == 1);
}

TEST_CASE("once a plan is committed, nothing is staged or planned any more") {
  Fixture f;
  open_run_of(*f.ledger, "run-1", {understood(2, 7)});
  CHECK_THROWS_AS(f.ledger->stage("run-1", std::vector{understood(3, 8)}), LedgerError);
  CHECK_THROWS_AS(f.ledger->plan("run-1", std::vector{planned(2, Outcome::unchanged)}), LedgerError);
  CHECK_THROWS_AS(f.ledger->commit_plan("run-1"), LedgerError);
}

TEST_CASE("a forecast is kept with what is late, or without") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  Forecast forecast;
  forecast.requests = 7;
  f.ledger->note_forecast("run-1", forecast);
  CHECK_FALSE(f.ledger->find_run("run-1")->forecast->late);
  forecast.late = Lateness{at(5), 4, 1};
  f.ledger->note_forecast("run-1", forecast);
  const Forecast kept = f.ledger->find_run("run-1")->forecast.value();
  CHECK(kept.requests == 7);
  REQUIRE(kept.late);
  CHECK(kept.late->deadline == at(5));
  CHECK(kept.late->changes == 4);
  CHECK(kept.late->withdrawals == 1);
}
