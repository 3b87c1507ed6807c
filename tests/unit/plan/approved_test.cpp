#include <consent_sync/plan/approved.hpp>

#include <doctest/doctest.h>

#include <utility>

#include <consent_sync/plan/planner.hpp>

#include "choices.hpp"
#include "temporary_ledger.hpp"

using namespace consent_sync;
using namespace consent_sync::plan;
using namespace consent_sync::plan::test;
using consent::Outcome;

namespace {

struct Approved : TemporaryLedger {
  std::vector<ledger::StagedRow> input{row(2, 1, all_allowed), row(3, 2, all_allowed),
                                       row(4, 3, only_essential), invalid(5)};

  void approve() {
    Policy policy;
    policy.dry_run = true;
    stage("plan", input, ledger::Mode::dry_run);
    make_plan(ledger(), "plan", policy);
    ledger().commit_plan("plan");
    ledger().end_run("plan", 0, "", consent::Timestamp{});
  }

  int others = 0;

  void confirm(std::int64_t customer, consent::Choice held) {
    const ledger::RunId id = "other-" + std::to_string(++others);
    stage(id, {row(2, customer, held)});
    make_plan(ledger(), id, {});
    apply(id);
  }
};

}  // namespace

TEST_CASE("a plan whose ledger has not moved is carried out as it was approved") {
  Approved a;
  a.confirm(2, all_allowed);
  a.approve();
  a.stage("run", a.input);
  const PlanTotals totals = make_approved_plan(a.ledger(), "run", "plan", {});
  CHECK(totals.rows == 4);
  CHECK(totals.changes == 2);
  CHECK(totals.withdrawals == 1);
  CHECK(totals.grants == 1);
  CHECK(totals.unchanged == 1);
  CHECK(totals.invalid == 1);
  CHECK(totals.customers == 3);
  a.ledger().commit_plan("run");
  CHECK(a.ledger().take_changes("run", {}, 10).size() == 2);
}

TEST_CASE("rows under which the ledger has moved are conflicts, and nothing is planned anew for them") {
  Approved a;
  a.confirm(2, all_allowed);
  a.approve();
  a.confirm(1, all_allowed);     // already as the plan wants it
  a.confirm(2, only_essential);  // was unchanged, would now be a change
  a.stage("run", a.input);
  const PlanTotals totals = make_approved_plan(a.ledger(), "run", "plan", {});
  CHECK(totals.conflicts == 2);
  CHECK(totals.changes == 1);
  a.ledger().commit_plan("run");
  const auto rows = a.rows("run");
  CHECK(rows[0].outcome == Outcome::conflict);
  CHECK(rows[0].reason.find("the ledger has moved") == 0);
  CHECK(rows[1].outcome == Outcome::conflict);
  CHECK(rows[2].outcome == Outcome::pending);
  const auto queue = a.ledger().take_changes("run", {}, 10);
  REQUIRE(queue.size() == 1);
  CHECK(queue[0].change.line == 4);
}

TEST_CASE("what the plan leaves undecided keeps the plan's own reason") {
  Approved a;
  a.stage("plan", a.input, ledger::Mode::dry_run);
  Policy policy;
  policy.dry_run = true;
  make_plan(a.ledger(), "plan", policy);
  ledger::PlannedRow objection;
  objection.line = 2;
  objection.outcome = Outcome::conflict;
  objection.reason = "there is no way back";
  a.ledger().plan("plan", std::vector{objection});
  a.ledger().commit_plan("plan");
  a.stage("run", a.input);
  CHECK(make_approved_plan(a.ledger(), "run", "plan", {}).conflicts == 1);
  a.ledger().commit_plan("run");
  CHECK(a.rows("run")[0].reason == "there is no way back");
}

TEST_CASE("a plan that was made with the store's answers is held against the same answers") {
  Approved a;
  Policy policy;
  policy.dry_run = true;
  a.stage("plan", a.input, ledger::Mode::dry_run);
  a.ledger().observe(
      "plan",
      std::vector{ledger::ObservedCustomer{consent::CustomerId::from(1).value(), {true, only_essential}}},
      {});
  policy.first_run = FirstRun::input;
  make_plan(a.ledger(), "plan", policy);
  a.ledger().commit_plan("plan");
  a.stage("run", a.input);
  a.ledger().adopt_observations("run", "plan");
  policy.dry_run = false;
  CHECK(make_approved_plan(a.ledger(), "run", "plan", policy).conflicts == 0);
}

TEST_CASE("who carries a plan out is known as long as it sent anything") {
  Approved a;
  a.approve();
  CHECK_FALSE(a.ledger().carried_out_by("plan"));
  ledger::Run run;
  run.id = "run";
  run.store = "abc123";
  run.plan = "plan";
  a.ledger().begin_run(run);
  a.ledger().stage("run", a.input);
  CHECK_FALSE(a.ledger().carried_out_by("plan"));
  make_approved_plan(a.ledger(), "run", "plan", {});
  a.ledger().commit_plan("run");
  CHECK(a.ledger().carried_out_by("plan")->id == "run");
  a.ledger().abandon_run("run");
  CHECK_FALSE(a.ledger().carried_out_by("plan"));
}

TEST_CASE("one thing that is other than approved is enough for a conflict") {
  Approved a;
  SUBCASE("what was held before") {
    a.confirm(1, only_essential);
  }
  SUBCASE("whose row it is") {
    a.input[0] = row(2, 9, all_allowed);
  }
  SUBCASE("what it becomes") {
    a.input[0] = row(2, 1, choice(0b0011, 0b1100));
  }
  const auto moved = std::exchange(a.input[0], row(2, 1, all_allowed));
  const bool is_confirmed_now = a.others != 0;
  a.approve();
  if (is_confirmed_now) a.confirm(1, choice(0b0111, 0b1000));
  a.input[0] = moved;
  a.stage("run", a.input);
  const PlanTotals totals = make_approved_plan(a.ledger(), "run", "plan", {});
  CHECK(totals.conflicts == 1);
  CHECK(totals.rows == 4);
  CHECK(a.rows("run")[0].outcome == Outcome::conflict);
  CHECK(a.rows("run")[1].outcome == Outcome::pending);
}

TEST_CASE("rows that are not the plan's are refused") {
  Approved a;
  a.approve();
  SUBCASE("another line") {
    a.input.back().line = 6;
  }
  SUBCASE("one more") {
    a.input.push_back(invalid(6));
  }
  a.stage("run", a.input);
  CHECK_THROWS_AS(make_approved_plan(a.ledger(), "run", "plan", {}), ledger::LedgerError);
}

TEST_CASE("the totals of an approved plan tell of every kind of row") {
  Approved a;
  a.confirm(4, only_essential);
  a.input = {row(2, 1, only_essential, 1), row(3, 1, all_allowed, 2), row(4, 2, all_allowed, 1),
             row(5, 2, only_essential, 1), row(6, 4, all_allowed),    invalid(7)};
  Policy policy;
  policy.direction = Direction::withdraw_only;
  policy.dry_run = true;
  a.stage("plan", a.input, ledger::Mode::dry_run);
  make_plan(a.ledger(), "plan", policy);
  a.ledger().commit_plan("plan");
  policy.dry_run = false;
  a.stage("run", a.input);
  const PlanTotals totals = make_approved_plan(a.ledger(), "run", "plan", policy);
  CHECK(totals.rows == 6);
  CHECK(totals.superseded == 1);
  CHECK(totals.conflicts == 2);
  CHECK(totals.held_back + totals.changes == 2);
  CHECK(totals.held_back >= 1);
  CHECK(totals.invalid == 1);
}

TEST_CASE("a ledger may move under more rows than are planned at once") {
  Approved a;
  a.input.clear();
  std::vector<ledger::StagedRow> held;
  for (std::int64_t id = 1; id <= 5000; ++id) {
    a.input.push_back(row(id + 1, id, all_allowed));
    held.push_back(row(id + 1, id, only_essential));
  }
  a.approve();
  a.stage("other", held);
  make_plan(a.ledger(), "other", {});
  a.apply("other");
  a.stage("run", a.input);
  CHECK(make_approved_plan(a.ledger(), "run", "plan", {}).conflicts == 5000);
  CHECK(a.ledger().counts("run")[Outcome::conflict] == 5000);
}
