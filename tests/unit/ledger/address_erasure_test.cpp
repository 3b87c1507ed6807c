#include <doctest/doctest.h>

#include <array>

#include "address_fixture.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

TEST_CASE("a row of which nobody knows whose it is among several is erased with each of them") {
  Fixture f;
  StagedRow broken = not_understood(3, "no such word");
  broken.email = "jo@example.com";
  broken.source = "jo@example.com,of line 3";
  f.ledger->begin_run(make_run("run"));
  f.ledger->stage("run", std::vector{addressed(2, "jo@example.com"), broken, understood(4, 8)});
  f.ledger->note_addresses("run", std::vector{owned("jo@example.com", {7, 8, 9})}, at(1), {});
  f.ledger->identify("run", at(0), [](const AddressedRow&) { return false; });
  CHECK(lines_of_customers(*f.ledger, "run") == std::map<std::int64_t, std::vector<LineNumber>>{{8, {4}}});
  PlannedRow shared = planned(2, Outcome::conflict);
  shared.reason = "several have this address";
  f.ledger->plan("run", std::vector{shared, planned(4, Outcome::unchanged)});
  f.ledger->commit_plan("run");
  f.ledger->end_run("run", 1, "", at(5));
  const auto before = rows_of(*f.ledger, "run");
  CHECK(before[0].outcome == Outcome::conflict);
  CHECK(before[0].reason == "several have this address");
  CHECK(before[1].outcome == Outcome::invalid);
  for (const RowResult& row : {before[0], before[1]}) {
    CHECK_FALSE(row.customer);
    CHECK(row.accounts.size() == 3);
  }
  CHECK(f.ledger->recount("run").total() == 3);

  std::vector<LineNumber> seen;
  f.ledger->for_each_row_of("abc123", customer(9),
                            [&](const RunId&, const RowResult& row) { seen.push_back(row.line); });
  CHECK(seen == std::vector<LineNumber>{2, 3});
  const Erasure erased = f.ledger->erase_customer("abc123", customer(9), nobody, at(6));
  CHECK(erased.rows == 2);
  CHECK(erased.texts == 2);
  const auto after = rows_of(*f.ledger, "run");
  for (const RowResult& row : {after[0], after[1]}) {
    CHECK(row.accounts.empty());
    CHECK(row.source.empty());
  }
  CHECK(after[2].customer == customer(8));
}

TEST_CASE("a crowd with one address is remembered to the last of them") {
  Fixture f;
  AddressOwners crowd{"all@example.com", {}};
  for (int id = 1; id <= 300; ++id) crowd.customers.push_back(customer(id));
  f.ledger->begin_run(make_run("run"));
  f.ledger->stage("run", std::vector{addressed(2, "all@example.com"), understood(3, 7)});
  f.ledger->note_addresses("run", std::vector{crowd}, at(1), {});
  f.ledger->identify("run", at(0), [](const AddressedRow&) { return false; });
  f.ledger->plan("run", std::vector{planned(2, Outcome::conflict), planned(3, Outcome::unchanged)});
  f.ledger->commit_plan("run");
  CHECK(rows_of(*f.ledger, "run").at(0).accounts.size() == 300);
  CHECK(rows_of(*f.ledger, "run").at(1).accounts.empty());
  CHECK(f.ledger->erase_customer("abc123", customer(300), nobody, at(6)).rows == 1);
}

TEST_CASE("whose an address is is something to erase, too") {
  Fixture f;
  f.ledger->begin_run(make_run("run"));
  f.ledger->note_addresses("run", std::vector{owned("jo@example.com", {7})}, at(1), {});
  CHECK_FALSE(f.ledger->erase_customer("abc123", customer(7), nobody, at(6)).is_empty());
  CHECK(f.ledger->erase_customer("abc123", customer(7), nobody, at(6)).is_empty());
}

TEST_CASE("a customer is not erased while a row still has to speak for another of its customers") {
  SharedFixture f;
  const auto queue = f.open();
  record_one(*f.ledger, "run", applied(queue[0].change));
  CHECK_THROWS_WITH_AS(f.ledger->erase_customer("abc123", customer(7), nobody, at(6)),
                       doctest::Contains("Run run is not finished"), LedgerError);
  record_one(*f.ledger, "run", applied(queue[1].change));
  CHECK(f.ledger->counts("run")[Outcome::pending] == 0);
  CHECK(f.ledger->erase_customer("abc123", customer(7), nobody, at(6)).rows == 1);
}

TEST_CASE("a customer is erased from a row that ended for all its customers when it was planned") {
  SharedFixture f;
  std::vector<PlannedRow> plan;
  for (const auto account : std::array<consent_sync::consent::Account, 2>{1, 2}) {
    plan.push_back(planned(2, Outcome::conflict));
    plan.back().account = account;
  }
  f.ledger->plan("run", plan);
  f.ledger->commit_plan("run");
  f.ledger->end_run("run", 1, "", at(5));
  CHECK(rows_of(*f.ledger, "run").at(0).accounts.size() == 2);
  f.ledger->erase_customer("abc123", customer(8), nobody, at(6));
  const RowResult row = rows_of(*f.ledger, "run").at(0);
  CHECK(row.outcome == Outcome::conflict);
  CHECK_FALSE(row.customer);
  CHECK(row.accounts.empty());
}
