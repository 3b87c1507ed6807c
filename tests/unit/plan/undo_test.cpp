#include <consent_sync/plan/undo.hpp>

#include <doctest/doctest.h>

#include <consent_sync/plan/decision.hpp>
#include <consent_sync/plan/planner.hpp>

#include "choices.hpp"
#include "temporary_ledger.hpp"

using namespace consent_sync;
using namespace consent_sync::plan;
using namespace consent_sync::plan::test;
using consent::Choice;
using consent::Outcome;

namespace {

Policy restoring() {
  Policy policy;
  policy.restores = true;
  policy.drift = Drift::conflict;
  policy.essential_deny = EssentialDeny::send;
  return policy;
}

struct Undoing : TemporaryLedger {
  int syncs = 0;

  /// Brings customers in line with rows; the first sync's before-images are not known.
  ledger::RunId sync(const std::vector<ledger::StagedRow>& rows) {
    ledger::RunId id = "sync-" + std::to_string(++syncs);
    stage(id, rows);
    make_plan(ledger(), id, {});
    apply(id);
    return id;
  }

  /// Plans the undo of a run, as its rows are read from the history.
  PlanTotals undo(const ledger::RunId& undone, const Policy& policy = restoring()) {
    ledger::Run run;
    run.id = "undo";
    run.store = "abc123";
    run.undoes = undone;
    ledger().begin_run(run);
    std::vector<ledger::StagedRow> rows;
    const auto history = ledger().read_evidence("abc123", {std::nullopt, undone});
    while (const ledger::EvidenceEntry* entry = history->next()) {
      rows.push_back(row(static_cast<consent::LineNumber>(entry->sequence), entry->customer->value(),
                         entry->before.value_or(Choice())));
    }
    ledger().stage("undo", rows);
    return make_undo_plan(ledger(), run, policy);
  }
};

}  // namespace

TEST_CASE("a choice is restored whatever the input said last, and the input's word is remembered") {
  Policy nightly;
  nightly.essential_deny = EssentialDeny::send;
  for_every_choice([&](Choice before) {
    if (!before.is_complete()) return;
    for_every_choice([&](Choice left) {
      if (!left.is_complete()) return;
      for (const std::optional<Choice> asked : {std::optional<Choice>(), std::optional(all_allowed)}) {
        const plan::Decision decision = decide({{left, asked, false}, std::nullopt}, before, restoring());
        CHECK(decision.wanted == before);
        CHECK((decision.kind == plan::Decision::Kind::send) == (before != left));
        const Choice word = asked.value_or(left);
        // The same input the next night leaves alone what was restored.
        const plan::Decision next = decide({{before, decision.asked, false}, std::nullopt}, word, nightly);
        CHECK(next.kind == plan::Decision::Kind::nothing);
        CHECK(next.wanted == before);
      }
    });
  });
}

TEST_CASE("the changes of a run are planned back") {
  Undoing u;
  u.sync({row(2, 1, only_essential), row(3, 2, only_essential)});
  const ledger::RunId bad = u.sync({row(2, 1, all_allowed), row(3, 2, all_allowed)});
  const PlanTotals totals = u.undo(bad);
  CHECK(totals.changes == 2);
  CHECK(totals.withdrawals == 2);
  CHECK(totals.customers == 2);
  u.apply("undo");
  CHECK(u.ledger().confirmed("abc123", *consent::CustomerId::from(1)) == only_essential);
}

TEST_CASE("what a later run changed, or what is in doubt, ends as a conflict that says so") {
  Undoing u;
  u.sync({row(2, 1, only_essential), row(3, 2, only_essential)});
  const ledger::RunId bad = u.sync({row(2, 1, all_allowed), row(3, 2, all_allowed)});
  u.sync({row(2, 1, choice(0b0011, 0b1100))});
  u.stage("lost", {row(2, 2, only_essential)});
  make_plan(u.ledger(), "lost", {});
  u.ledger().commit_plan("lost");
  u.ledger().take_changes("lost", {}, 10);
  u.ledger().abandon_run("lost");

  const PlanTotals totals = u.undo(bad);
  CHECK(totals.changes == 0);
  CHECK(totals.conflicts == 2);
  const auto rows = u.rows("undo");
  CHECK(rows[0].outcome == Outcome::conflict);
  CHECK(rows[0].reason.find("a later change is not undone") != std::string::npos);
  CHECK(rows[1].reason.find("in doubt") != std::string::npos);
}

TEST_CASE("what is already as it was before needs nothing") {
  Undoing u;
  u.sync({row(2, 1, only_essential)});
  const ledger::RunId bad = u.sync({row(2, 1, all_allowed)});
  u.sync({row(2, 1, only_essential)});
  const PlanTotals totals = u.undo(bad);
  CHECK(totals.unchanged == 1);
  CHECK(totals.conflicts == 0);
}

TEST_CASE("a decision that nobody had made before cannot be taken back, unless the policy denies it") {
  Undoing u;
  u.stage("first", {row(2, 1, all_allowed)});
  u.ledger().observe(
      "first", std::vector<ledger::ObservedCustomer>{{*consent::CustomerId::from(1), {true, Choice()}}}, {});
  make_plan(u.ledger(), "first", {});
  u.apply("first");
  SUBCASE("kept: a person decides") {
    CHECK(u.undo("first").conflicts == 1);
    CHECK(u.rows("undo")[0].reason.find("--policy-unspecified=deny") != std::string::npos);
  }
  SUBCASE("denied") {
    Policy policy = restoring();
    policy.unspecified = Unspecified::deny;
    CHECK(u.undo("first", policy).withdrawals == 1);
  }
  SUBCASE("somebody has decided otherwise since: that stays") {
    u.sync({row(2, 1, only_essential)});
    const PlanTotals totals = u.undo("first");
    CHECK(totals.unchanged == 1);
    CHECK(totals.conflicts == 0);
  }
}

TEST_CASE("in a dry run the same is planned and nothing is sent") {
  Undoing u;
  u.sync({row(2, 1, only_essential)});
  const ledger::RunId bad = u.sync({row(2, 1, all_allowed)});
  Policy policy = restoring();
  policy.dry_run = true;
  CHECK(u.undo(bad, policy).changes == 1);
  CHECK(u.rows("undo")[0].outcome == Outcome::would_apply);
}

TEST_CASE("what a direction would hold back is a conflict when somebody else has changed it since") {
  Undoing u;
  u.sync({row(2, 1, all_allowed), row(3, 2, all_allowed)});
  const ledger::RunId bad = u.sync({row(2, 1, only_essential), row(3, 2, only_essential)});
  u.sync({row(2, 1, choice(0b0011, 0b1100))});
  Policy policy = restoring();
  policy.direction = Direction::withdraw_only;
  const PlanTotals totals = u.undo(bad, policy);
  CHECK(totals.conflicts == 1);
  CHECK(totals.held_back == 1);
  CHECK(totals.changes == 0);
}

TEST_CASE("a row whose before-image is not known stays invalid, and the others are planned") {
  Undoing u;
  u.sync({row(2, 1, only_essential)});
  const ledger::RunId bad = u.sync({row(2, 1, all_allowed), row(3, 2, all_allowed)});
  ledger::Run run;
  run.id = "undo";
  run.store = "abc123";
  run.undoes = bad;
  u.ledger().begin_run(run);
  std::vector<ledger::StagedRow> rows;
  const auto history = u.ledger().read_evidence("abc123", {std::nullopt, bad});
  while (const ledger::EvidenceEntry* entry = history->next()) {
    const auto line = static_cast<consent::LineNumber>(entry->sequence);
    rows.push_back(entry->before ? row(line, entry->customer->value(), *entry->before) : invalid(line));
  }
  REQUIRE(rows.size() == 2);
  u.ledger().stage("undo", rows);
  const PlanTotals totals = make_undo_plan(u.ledger(), run, restoring());
  CHECK(totals.invalid == 1);
  CHECK(totals.changes == 1);
}

TEST_CASE("rows that are not those of the history are refused") {
  Undoing u;
  u.sync({row(2, 1, only_essential)});
  const ledger::RunId bad = u.sync({row(2, 1, all_allowed)});
  ledger::Run run;
  run.id = "undo";
  run.store = "abc123";
  run.undoes = bad;
  u.ledger().begin_run(run);
  SUBCASE("another entry") {
    u.ledger().stage("undo", std::vector{row(7, 1, only_essential)});
  }
  SUBCASE("more than there are entries") {
    u.ledger().stage("undo", std::vector{row(2, 1, only_essential), row(3, 2, only_essential)});
  }
  CHECK_THROWS_AS(make_undo_plan(u.ledger(), run, restoring()), ledger::LedgerError);
}
