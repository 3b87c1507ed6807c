#include <consent_sync/plan/planner.hpp>

#include <doctest/doctest.h>

#include <map>
#include <random>

#include "choices.hpp"
#include "temporary_ledger.hpp"

using namespace consent_sync::consent;
using namespace consent_sync::plan;
using namespace consent_sync::plan::test;
using namespace consent_sync::ledger;

namespace {

class PlannedRun : public TemporaryLedger {
 public:
  PlanTotals plan(const RunId& id, const std::vector<StagedRow>& rows, const Policy& policy) {
    stage(id, rows);
    return make_plan(ledger(), id, policy);
  }
};

std::vector<StagedRow> random_rows(std::mt19937& random, LineNumber count) {
  const auto pick = [&](int high) { return std::uniform_int_distribution(0, high)(random); };
  std::vector<StagedRow> rows;
  for (LineNumber line = 2; line < count + 2; ++line) {
    const Choice wanted = choice(static_cast<unsigned>(pick(15)), 0);
    const auto second = pick(1) == 0 ? std::optional(pick(3)) : std::nullopt;
    rows.push_back(pick(9) == 0 ? invalid(line)
                                : row(line, 1 + pick(static_cast<int>(count / 2)), wanted, second));
  }
  return rows;
}

}  // namespace

TEST_CASE(
    "every row of a plan ends in one outcome, with a reason where another row or a person is concerned") {
  PlannedRun p;
  p.plan("first", {row(2, 1, all_allowed), row(3, 2, only_essential)}, {});
  p.apply("first");
  const PlanTotals totals = p.plan("second",
                                   {row(2, 1, all_allowed), row(3, 2, all_allowed), row(4, 3, all_allowed, 1),
                                    row(5, 3, only_essential, 2), row(6, 4, all_allowed, 1),
                                    row(7, 4, only_essential, 1), row(8, 4, all_allowed), invalid(9)},
                                   {});
  const auto rows = p.rows("second");
  REQUIRE(rows.size() == 8);
  CHECK(rows[0].outcome == Outcome::unchanged);
  CHECK(rows[0].before == all_allowed);
  CHECK(rows[0].after == all_allowed);
  CHECK(rows[1].outcome == Outcome::pending);
  CHECK(rows[1].before == only_essential);
  CHECK(rows[1].after == all_allowed);
  CHECK(rows[2].outcome == Outcome::superseded);
  CHECK(rows[2].reason == "line 5 counts for this customer");
  CHECK(rows[3].outcome == Outcome::pending);
  for (const std::size_t i : {4U, 5U, 6U}) {
    CHECK(rows[i].outcome == Outcome::conflict);
    CHECK(rows[i].reason.find("lines 6 and 7") == 0);
  }
  CHECK(rows[7].outcome == Outcome::invalid);

  CHECK(totals.rows == 8);
  CHECK(totals.invalid == 1);
  CHECK(totals.customers == 4);
  CHECK(totals.unchanged == 1);
  CHECK(totals.superseded == 1);
  CHECK(totals.by_order == 0);
  CHECK(totals.conflicts == 3);
  CHECK(totals.changes == 2);
  CHECK(totals.withdrawals == 1);
  CHECK(totals.grants == 1);
}

TEST_CASE("customers whose last row counts for its place alone are counted") {
  PlannedRun p;
  const PlanTotals totals =
      p.plan("run",
             {row(2, 1, only_essential), row(3, 1, all_allowed), row(4, 2, all_allowed),
              row(5, 2, all_allowed), row(6, 3, only_essential, 1), row(7, 3, all_allowed)},
             {});
  CHECK(totals.superseded == 3);
  CHECK(totals.by_order == 1);
}

TEST_CASE("a dry run plans the same, and leaves nothing to send and nothing pending") {
  PlannedRun p;
  Policy policy;
  policy.dry_run = true;
  const PlanTotals totals = p.plan("run-1", {row(2, 1, all_allowed), row(3, 2, only_essential)}, policy);
  CHECK(totals.changes == 2);
  for (const RowResult& result : p.rows("run-1")) CHECK(result.outcome == Outcome::would_apply);
  p.ledger().commit_plan("run-1");
  CHECK(p.ledger().take_changes("run-1", {}, 10).empty());
}

TEST_CASE("the plan is not committed: that is for who checks the limits") {
  PlannedRun p;
  p.plan("run-1", {row(2, 1, all_allowed)}, {});
  CHECK(p.ledger().find_run("run-1")->state == RunState::staging);
}

TEST_CASE("the policy for what is unspecified decides what is sent") {
  PlannedRun p;
  Policy policy;
  policy.unspecified = Unspecified::omit;
  p.plan("run-1", {row(2, 1, choice(0b0100, 0)), row(3, 2, Choice())}, policy);
  CHECK(p.rows("run-1")[0].after == choice(0b0100, 0));
  CHECK(p.rows("run-1")[1].outcome == Outcome::unchanged);
  policy.unspecified = Unspecified::deny;
  p.plan("run-2", {row(2, 1, choice(0b0100, 0))}, policy);
  CHECK(p.rows("run-2")[0].after == choice(0b0101, 0b1010));
}

TEST_CASE("an input planned again after it was applied changes nothing") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (const Unspecified unspecified : {Unspecified::keep, Unspecified::deny, Unspecified::omit}) {
    PlannedRun p;
    Policy policy;
    policy.unspecified = unspecified;
    const auto rows = random_rows(random, 300);
    p.plan("first", rows, policy);
    p.apply("first");
    CHECK(p.plan("second", rows, policy).changes == 0);
  }
}

TEST_CASE("of any input every row ends in one outcome, and a customer has at most one change") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (const LineNumber count : {1, 50, 10'000}) {
    PlannedRun p;
    const auto staged = random_rows(random, count);
    const PlanTotals totals = p.plan("run-1", staged, {});
    CHECK(totals.rows == staged.size());
    CHECK(totals.invalid + totals.unchanged + totals.superseded + totals.conflicts + totals.changes ==
          totals.rows);

    const OutcomeCounts counts = p.ledger().counts("run-1");
    CHECK(counts[Outcome::invalid] == totals.invalid);
    CHECK(counts[Outcome::unchanged] == totals.unchanged);
    CHECK(counts[Outcome::superseded] == totals.superseded);
    CHECK(counts[Outcome::conflict] == totals.conflicts);
    CHECK(counts[Outcome::pending] == totals.changes);
    CHECK(p.ledger().change_counts("run-1").withdrawing == totals.withdrawals);
    CHECK(p.ledger().change_counts("run-1").granting == totals.grants);

    p.ledger().commit_plan("run-1");
    std::map<CustomerId, int> changes;
    for (const auto& queued : p.ledger().take_changes("run-1", {}, 1'000'000))
      ++changes[queued.change.customer];
    CHECK(changes.size() == totals.changes);
  }
}

TEST_CASE("the order of customers in the input does not change what is sent to each") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::vector<StagedRow> staged;
  for (LineNumber line = 2; line < 202; ++line) {
    const Choice wanted = choice(line % 3 == 0 ? 0b0011 : 0b0101, 0);
    staged.push_back(row(line, 1 + line % 70, wanted, static_cast<int>(line * line % 11)));
  }
  const auto sent = [&](const RunId& id, PlannedRun& p) {
    p.plan(id, staged, {});
    p.ledger().commit_plan(id);
    std::map<std::int64_t, Choice> wanted;
    for (const auto& queued : p.ledger().take_changes(id, {}, 1000)) {
      wanted.emplace(queued.change.customer.value(), queued.change.wanted);
    }
    return wanted;
  };
  PlannedRun one;
  const auto expected = sent("run-1", one);
  std::shuffle(staged.begin(), staged.end(), random);
  for (std::size_t i = 0; i < staged.size(); ++i) staged[i].line = static_cast<LineNumber>(i + 2);
  PlannedRun other;
  CHECK(sent("run-1", other) == expected);
  CHECK_FALSE(expected.empty());
}

TEST_CASE("a customer whom the store said it has not is not sent") {
  PlannedRun p;
  p.stage("run-1", {row(2, 1, all_allowed), row(3, 2, all_allowed)});
  p.ledger().observe("run-1",
                     std::vector{ObservedCustomer{CustomerId::from(1).value(), {false, std::nullopt}},
                                 ObservedCustomer{CustomerId::from(2).value(), {true, std::nullopt}}},
                     {});
  const PlanTotals totals = make_plan(p.ledger(), "run-1", {});
  CHECK(totals.not_found == 1);
  CHECK(totals.changes == 1);
  CHECK(p.rows("run-1")[0].outcome == Outcome::not_found);
  CHECK(p.rows("run-1")[1].outcome == Outcome::pending);
}

TEST_CASE(
    "what the store was seen to hold decides, and becomes the common ground where nothing has to be sent") {
  PlannedRun p;
  p.plan("first", {row(2, 1, all_allowed), row(3, 2, all_allowed)}, {});
  p.apply("first");
  const std::vector<StagedRow> input{row(2, 1, all_allowed), row(3, 2, all_allowed),
                                     row(4, 3, only_essential)};
  p.stage("second", input);
  std::vector<ObservedCustomer> seen;
  for (const std::int64_t id : {1, 2, 3}) seen.push_back({CustomerId::from(id).value(), {true, all_allowed}});
  seen[0].observation.held = only_essential;  // a shopper's withdrawal
  seen[2].observation.held = only_essential;
  p.ledger().observe("second", seen, {});
  const PlanTotals totals = make_plan(p.ledger(), "second", {});
  CHECK(totals.changes == 0);
  CHECK(totals.unchanged == 3);
  p.ledger().commit_plan("second");
  CHECK(p.ledger().confirmed("abc123", CustomerId::from(1).value()) == only_essential);
  CHECK(p.ledger().confirmed("abc123", CustomerId::from(3).value()) == only_essential);
  // The next night nobody asks the store, and the same input must not turn the withdrawal around.
  CHECK(p.plan("third", input, {}).changes == 0);
  p.ledger().commit_plan("third");
  // An input that has heard of it, and then grants again, is heard.
  CHECK(p.plan("fourth", {row(2, 1, only_essential)}, {}).changes == 0);
}

TEST_CASE("a dry run and an audit confirm nothing of what they saw") {
  for (const Mode mode : {Mode::dry_run, Mode::audit}) {
    PlannedRun p;
    p.stage("run-1", {row(2, 1, all_allowed)}, mode);
    p.ledger().observe("run-1",
                       std::vector{ObservedCustomer{CustomerId::from(1).value(), {true, all_allowed}}}, {});
    make_plan(p.ledger(), "run-1", {});
    p.ledger().commit_plan("run-1");
    CHECK_FALSE(p.ledger().confirmed("abc123", CustomerId::from(1).value()));
  }
}

TEST_CASE("the row that counts is invalid when it denies essential; an older one does not take its place") {
  PlannedRun p;
  const PlanTotals totals = p.plan("run-1", {row(2, 1, all_allowed, 1), row(3, 1, choice(0, 0b1111), 2)}, {});
  CHECK(totals.invalid == 1);
  CHECK(totals.changes == 0);
  CHECK(p.rows("run-1")[0].outcome == Outcome::superseded);
  CHECK(p.rows("run-1")[1].outcome == Outcome::invalid);
}

TEST_CASE("an invalid row holds its customer's other rows back, whichever is newer") {
  PlannedRun p;
  StagedRow unread = invalid(3);
  unread.customer = CustomerId::from(1);
  const PlanTotals totals = p.plan("run-1", {row(2, 1, all_allowed, 1), unread, row(4, 2, all_allowed)}, {});
  CHECK(totals.changes == 1);
  CHECK(totals.conflicts == 1);
  const auto rows = p.rows("run-1");
  CHECK(rows[0].outcome == Outcome::conflict);
  CHECK(rows[0].reason == "line 3 of this customer is invalid, and without it the choice is not known");
  CHECK(rows[1].outcome == Outcome::invalid);
  CHECK(rows[2].outcome == Outcome::pending);
}

TEST_CASE("what the newest row leaves open is sent as an older row has it") {
  PlannedRun p;
  p.plan("run-1", {row(2, 1, choice(0, 0b0100), 1), row(3, 1, choice(0, 0b1000), 2)}, {});
  const auto rows = p.rows("run-1");
  CHECK(rows[0].outcome == Outcome::superseded);
  CHECK(rows[0].reason == "line 3 counts for this customer; of this row only what newer rows leave open");
  REQUIRE(rows[1].after);
  CHECK(choice(0, 0b1100).is_satisfied_by(*rows[1].after));
}

TEST_CASE("what a direction holds back is a row of its own kind, and counts as no change") {
  PlannedRun p;
  Policy policy;
  policy.direction = Direction::withdraw_only;
  p.plan("first", {row(2, 1, only_essential)}, {});
  p.apply("first");
  const PlanTotals totals = p.plan("second", {row(2, 1, all_allowed)}, policy);
  CHECK(totals.held_back == 1);
  CHECK(totals.changes == 0);
  CHECK(p.rows("second")[0].outcome == Outcome::held_back);
}

TEST_CASE(
    "an input that comes round to the store's word is remembered for it, and is heard when it turns back") {
  PlannedRun p;
  p.plan("first", {row(2, 1, all_allowed)}, {});
  p.apply("first");
  // A shopper withdraws: the input's old word is remembered beside it.
  p.stage("second", {row(2, 1, all_allowed)});
  p.ledger().observe("second",
                     std::vector{ObservedCustomer{CustomerId::from(1).value(), {true, only_essential}}}, {});
  make_plan(p.ledger(), "second", {});
  p.ledger().commit_plan("second");
  // The input says the same as the shopper now; nothing has to be sent.
  CHECK(p.plan("third", {row(2, 1, only_essential)}, {}).changes == 0);
  p.ledger().commit_plan("third");
  CHECK(p.plan("fourth", {row(2, 1, all_allowed)}, {}).changes == 1);
}

TEST_CASE("what shopper and input decided against each other is a row that a person looks at") {
  PlannedRun p;
  Policy policy;
  policy.unspecified = Unspecified::omit;
  policy.drift = Drift::conflict;
  p.plan("first", {row(2, 1, choice(0b0001, 0b0110))}, policy);
  p.apply("first");
  p.stage("second", {row(2, 1, choice(0b0001, 0b1110))});
  p.ledger().observe(
      "second", std::vector{ObservedCustomer{CustomerId::from(1).value(), {true, choice(0b1001, 0b0110)}}},
      {});
  const PlanTotals totals = make_plan(p.ledger(), "second", policy);
  CHECK(totals.conflicts == 1);
  CHECK(totals.changes == 0);
  const auto rows = p.rows("second");
  CHECK(rows[0].outcome == Outcome::conflict);
  CHECK_FALSE(rows[0].reason.empty());
  CHECK_FALSE(rows[0].after);
}

TEST_CASE(
    "an older choice than the one that was carried over grants nothing; newer, untold and alike ones count") {
  using consent_sync::consent::Timestamp;
  const Timestamp carried_over{std::chrono::seconds(1'800'000'000)};
  CustomerRows customer{CustomerId::from(1).value(), {{2, all_allowed, carried_over}}, {}, std::nullopt};
  customer.base.held = only_essential;
  customer.decided_at = carried_over;
  const auto plan = [&](const Policy& policy = {}) {
    std::vector<PlannedRow> planned;
    plan_customer(customer, policy, planned);
    return planned.at(0);
  };
  CHECK(plan().change);
  customer.rows[0].decided_at = carried_over + std::chrono::microseconds(1);
  CHECK(plan().change);
  customer.rows[0].decided_at.reset();
  CHECK(plan().change);
  customer.rows[0].decided_at = carried_over - std::chrono::microseconds(1);
  CHECK_FALSE(plan().change);
  CHECK(plan().outcome == Outcome::superseded);
  CHECK_FALSE(plan().settles);
  customer.base.in_doubt = true;  // and nobody knows what the store holds
  CHECK_FALSE(plan().change.value_or(Change{2, customer.customer, {}, only_essential}).wanted == all_allowed);
  customer.base.in_doubt = false;
  Policy undoing;
  undoing.restores = true;
  CHECK(plan(undoing).change);
  customer.rows[0].choice = only_essential;
  CHECK(plan().outcome == Outcome::unchanged);
  customer.base.held = all_allowed;
  CHECK(plan().change->wanted == only_essential);
}

TEST_CASE("whom the store should be asked about, and for whom something would be sent") {
  CustomerRows customer{CustomerId::from(1).value(), {{2, all_allowed, std::nullopt}}, {}, std::nullopt};
  CHECK(is_open(customer));
  CHECK(would_change(customer, {}));
  customer.observed = Observation{true, std::nullopt};  // only asked whether it is there
  CHECK(is_open(customer));
  customer.observed = Observation{true, all_allowed};
  CHECK_FALSE(is_open(customer));
  CHECK_FALSE(would_change(customer, {}));
  customer.observed = Observation{false, std::nullopt};
  CHECK_FALSE(is_open(customer));
  CHECK_FALSE(would_change(customer, {}));
}

TEST_CASE("policies are told by the words that set them") {
  CHECK(to_string(CheckStore::never) == "never");
  CHECK(to_string(CheckStore::changes) == "changes");
  CHECK(to_string(CheckStore::all) == "all");
  CHECK(to_string(Direction::both) == "both");
  CHECK(to_string(Direction::withdraw_only) == "withdraw_only");
  CHECK(to_string(Direction::grant_only) == "grant_only");
  CHECK(to_string(EssentialDeny::reject) == "reject");
  CHECK(to_string(EssentialDeny::send) == "send");
}
