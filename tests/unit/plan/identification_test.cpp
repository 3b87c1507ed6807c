#include <doctest/doctest.h>

#include <consent_sync/plan/approved.hpp>
#include <consent_sync/plan/audit.hpp>
#include <consent_sync/plan/identification.hpp>
#include <consent_sync/plan/planner.hpp>

#include "choices.hpp"
#include "temporary_ledger.hpp"

using namespace consent_sync;
using namespace consent_sync::plan;
using namespace consent_sync::plan::test;
using consent::Outcome;

namespace {

const consent::Choice deny = consent::Choice::from_masks(0b0001, 0b1110).value();
const consent::Choice allow = consent::Choice::from_masks(0b1111, 0).value();
const consent::Timestamp beginning{};

ledger::StagedRow by_email(consent::LineNumber line, const std::string& email, consent::Choice wanted = deny,
                           std::optional<consent::Part> part = std::nullopt) {
  ledger::StagedRow row;
  row.line = line;
  row.by_email = consent::RecordByEmail{email, wanted, std::nullopt, part};
  return row;
}

ledger::AddressOwners owned(const std::string& email, std::initializer_list<std::int64_t> ids) {
  ledger::AddressOwners owner{email, {}};
  for (const std::int64_t id : ids) owner.customers.push_back(consent::CustomerId::from(id).value());
  return owner;
}

/// The store's word on three addresses.
const std::vector<ledger::AddressOwners> answers{owned("jo@x.org", {7}), owned("both@x.org", {8, 9}),
                                                 owned("nobody@x.org", {})};

std::vector<ledger::StagedRow> rows_of_all() {
  return {by_email(2, "jo@x.org"), by_email(3, "both@x.org"), by_email(4, "nobody@x.org"),
          by_email(5, "new@x.org")};
}

std::vector<Outcome> outcomes(TemporaryLedger& f, const ledger::RunId& run) {
  std::vector<Outcome> found;
  for (const ledger::RowResult& row : f.rows(run)) found.push_back(row.outcome);
  return found;
}

/// Stages a run and plans it.
PlanTotals plan_run(TemporaryLedger& f, const ledger::RunId& id, const std::vector<ledger::StagedRow>& rows,
                    const Policy& policy, const std::vector<ledger::AddressOwners>& said = answers) {
  f.stage(id, rows, policy.dry_run ? ledger::Mode::dry_run : ledger::Mode::sync);
  f.ledger().note_addresses(id, said, beginning, {});
  identify_customers(f.ledger(), id, policy, beginning);
  return make_plan(f.ledger(), id, policy);
}

}  // namespace

TEST_CASE("an address is known, shared, nobody's or not asked about, and each row ends by that") {
  TemporaryLedger f;
  f.stage("run", rows_of_all());
  f.ledger().note_addresses("run", answers, beginning, {});
  Policy policy;
  const Identified found = identify_customers(f.ledger(), "run", policy, beginning);
  CHECK(found.rows == 4);
  CHECK(found.known == 1);
  CHECK(found.shared == 1);
  CHECK(found.not_found == 1);
  CHECK(found.unresolved == 1);
  const PlanTotals totals = make_plan(f.ledger(), "run", policy);
  CHECK(totals.changes == 1);
  CHECK(outcomes(f, "run") ==
        std::vector{Outcome::pending, Outcome::conflict, Outcome::not_found, Outcome::unresolved});
  CHECK(f.rows("run")[1].reason.find("policy.shared_email=all") != std::string::npos);
  for (const ledger::RowResult& row : f.rows("run")) {
    CHECK(row.reason.find('@') == std::string::npos);
    CHECK(row.reason.find('8') == std::string::npos);
  }
  CHECK(f.rows("run")[1].accounts.size() == 2);
  CHECK_FALSE(f.rows("run")[1].customer);
}

TEST_CASE("a shared address may speak for all its customers: each is changed, and counts") {
  TemporaryLedger f;
  Policy policy;
  policy.shared_email = SharedEmail::all;
  const PlanTotals totals = plan_run(f, "run", {by_email(2, "both@x.org")}, policy);
  CHECK(totals.changes == 2);
  CHECK(totals.rows == 1);
  f.apply("run");
  CHECK(outcomes(f, "run") == std::vector{Outcome::applied});
  for (const int id : {8, 9})
    CHECK(f.ledger().confirmed("abc123", consent::CustomerId::from(id).value()) == deny);
  CHECK(plan_run(f, "again", {by_email(2, "both@x.org")}, policy).changes == 0);
  CHECK(outcomes(f, "again") == std::vector{Outcome::unchanged});
}

TEST_CASE("more customers than can be told apart are a conflict whatever the policy") {
  TemporaryLedger f;
  Policy policy;
  policy.shared_email = SharedEmail::all;
  ledger::AddressOwners crowd{"crowd@x.org", {}};
  for (int id = 1; id <= consent::most_accounts + 1; ++id) {
    crowd.customers.push_back(consent::CustomerId::from(id).value());
  }
  plan_run(f, "run", {by_email(2, "crowd@x.org")}, policy, {crowd});
  CHECK(outcomes(f, "run") == std::vector{Outcome::conflict});
}

TEST_CASE("rows by address and by id of one customer are duplicates of each other") {
  TemporaryLedger f;
  plan_run(f, "run", {row(2, 7, allow), by_email(3, "jo@x.org", deny), by_email(4, "jo@x.org", allow)}, {});
  CHECK(outcomes(f, "run") == std::vector{Outcome::superseded, Outcome::superseded, Outcome::pending});
}

TEST_CASE("in long form the rows of an address make one change for each of its customers") {
  TemporaryLedger f;
  Policy policy;
  policy.shared_email = SharedEmail::all;
  consent::Composition composition;
  composition.parts = 2;
  composition.recipes[2].sources = {{0, false}};
  composition.recipes[3].sources = {{1, false}};
  policy.composition = composition;
  const consent::Choice analytics = consent::Choice::from_masks(0b0100, 0).value();
  const consent::Choice targeting = consent::Choice::from_masks(0, 0b1000).value();
  const PlanTotals totals = plan_run(
      f, "run", {by_email(2, "both@x.org", analytics, 0), by_email(3, "both@x.org", targeting, 1)}, policy);
  CHECK(totals.changes == 2);
  f.apply("run");
  CHECK(outcomes(f, "run") == std::vector{Outcome::applied, Outcome::applied});
}

TEST_CASE("an invalid row by address holds back the customer's other rows in long form") {
  TemporaryLedger f;
  Policy policy;
  consent::Composition composition;
  composition.parts = 1;
  composition.recipes[2].sources = {{0, false}};
  policy.composition = composition;
  ledger::StagedRow broken{3, std::nullopt, "no word", ""};
  broken.email = "jo@x.org";
  plan_run(f, "run", {by_email(2, "jo@x.org", consent::Choice::from_masks(0b0100, 0).value(), 0), broken},
           policy);
  CHECK(outcomes(f, "run") == std::vector{Outcome::conflict, Outcome::invalid});
}

TEST_CASE("an approved plan is held to the customers that it was approved for") {
  TemporaryLedger f;
  Policy dry;
  dry.dry_run = true;
  dry.shared_email = SharedEmail::all;
  plan_run(f, "plan", rows_of_all(), dry);
  f.ledger().commit_plan("plan");
  Policy policy = dry;
  policy.dry_run = false;
  const auto apply = [&](const ledger::RunId& id, const std::vector<ledger::AddressOwners>& said) {
    f.stage(id, rows_of_all());
    f.ledger().note_addresses(id, said, beginning, {});
    identify_customers(f.ledger(), id, policy, beginning);
    return make_approved_plan(f.ledger(), id, "plan", policy);
  };
  CHECK(apply("same", answers).changes == 3);
  CHECK(outcomes(f, "same") ==
        std::vector{Outcome::pending, Outcome::pending, Outcome::not_found, Outcome::unresolved});
  // The address has passed to another customer, a third one has it too, and a new one has turned up.
  const PlanTotals moved = apply("moved", {owned("jo@x.org", {77}), owned("both@x.org", {8, 9, 10}),
                                           owned("nobody@x.org", {}), owned("new@x.org", {11})});
  CHECK(moved.changes == 0);
  CHECK(outcomes(f, "moved") ==
        std::vector{Outcome::conflict, Outcome::conflict, Outcome::not_found, Outcome::conflict});
}

TEST_CASE("an audit asks about each customer of an address") {
  TemporaryLedger f;
  Policy policy;
  policy.shared_email = SharedEmail::all;
  f.stage("audit", rows_of_all(), ledger::Mode::audit);
  f.ledger().note_addresses("audit", answers, beginning, {});
  identify_customers(f.ledger(), "audit", policy, beginning);
  CHECK(plan_audit(f.ledger(), "audit", policy, {}, 1).drawn == 3);
  f.ledger().commit_plan("audit");
  const auto queue = f.ledger().take_changes("audit", {}, 10);
  CHECK(queue.size() == 3);
  for (const ledger::QueuedChange& queued : queue) {
    const bool drifted = queued.change.customer.value() == 9;
    const std::vector results{
        consent::ChangeResult(queued.change, drifted ? Outcome::drifted : Outcome::in_sync)};
    f.ledger().record("audit", results, {});
  }
  CHECK(outcomes(f, "audit")[0] == Outcome::in_sync);
  CHECK(outcomes(f, "audit")[1] == Outcome::drifted);
}

TEST_CASE("more addresses than are planned at once are identified, each") {
  TemporaryLedger f;
  std::vector<ledger::StagedRow> rows;
  for (consent::LineNumber line = 2; line < 5002; ++line) {
    rows.push_back(by_email(line, "nobody" + std::to_string(line) + "@x.org"));
  }
  std::vector<ledger::AddressOwners> said;
  for (const ledger::StagedRow& row : rows) said.push_back(owned(row.by_email->email, {}));
  plan_run(f, "run", rows, {}, said);
  CHECK(f.ledger().counts("run")[Outcome::not_found] == 5000);
}
