#include <doctest/doctest.h>

#include "fixture.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

namespace {

/// A run of one change, which is applied, that ends at `second`.
void run_once(Ledger& ledger, const Run& run, Choice wanted, int exit_code, int second) {
  const bool sends = run.mode == Mode::sync;
  ledger.begin_run(run);
  ledger.stage(run.id, std::array{understood(2, 7, wanted)});
  PlannedRow row = sends ? to_send(2, 7, ledger.confirmed(run.store, customer(7)), wanted)
                         : planned(2, Outcome::would_apply);
  ledger.plan(run.id, std::array{row});
  ledger.commit_plan(run.id);
  for (const QueuedChange& queued : ledger.take_changes(run.id, {}, 10))
    record_one(ledger, run.id, applied(queued.change, second));
  ledger.end_run(run.id, exit_code, "", at(second));
}

Run run_of(const RunId& id, Mode mode = Mode::sync) {
  Run run = make_run(id);
  run.mode = mode;
  return run;
}

/// Every other night the customer thinks otherwise.
void nights(Ledger& ledger, int count) {
  for (int night = 1; night <= count; ++night) {
    run_once(ledger, run_of("night-" + std::to_string(night)), night % 2 == 0 ? only_essential : all_allowed,
             0, night * 100);
  }
}

using Ids = std::vector<RunId>;

}  // namespace

TEST_CASE("runs that ended before then may go, but the newest of its kind stays") {
  Fixture f;
  nights(*f.ledger, 4);
  CHECK(f.ledger->prunable_runs(our_store, at(100)).empty());
  CHECK(f.ledger->prunable_runs(our_store, at(101)) == Ids{"night-1"});
  CHECK(f.ledger->prunable_runs(our_store, at(301)) == Ids{"night-1", "night-2", "night-3"});
  CHECK(f.ledger->prunable_runs(our_store, at(9999)) == Ids{"night-1", "night-2", "night-3"});
  CHECK(f.ledger->prunable_runs("another", at(9999)).empty());
}

TEST_CASE("the newest run that ended well stays, too: others are measured by it") {
  Fixture f;
  nights(*f.ledger, 2);
  run_once(*f.ledger, run_of("problems-1"), all_allowed, 1, 300);
  run_once(*f.ledger, run_of("problems-2"), only_essential, 1, 400);
  CHECK(f.ledger->prunable_runs(our_store, at(9999)) == Ids{"night-1", "problems-1"});
}

TEST_CASE("audits are a kind of their own; of dry runs all may go") {
  Fixture f;
  run_once(*f.ledger, run_of("sync"), all_allowed, 0, 100);
  run_once(*f.ledger, run_of("audit", Mode::audit), only_essential, 0, 200);
  run_once(*f.ledger, run_of("plan-1", Mode::dry_run), all_allowed, 0, 300);
  run_once(*f.ledger, run_of("plan-2", Mode::dry_run), all_allowed, 0, 400);
  CHECK(f.ledger->prunable_runs(our_store, at(9999)) == Ids{"plan-1", "plan-2"});
}

// Its problem rows may be sent again (--only-problems-of), and later runs tell which of them are overtaken.
TEST_CASE("no run with problems stays when a later one may go, whichever of them takes a run back") {
  Fixture f;
  Run undoing = run_of("undo");
  undoing.undoes = "a run";
  run_once(*f.ledger, undoing, all_allowed, 1, 50);
  nights(*f.ledger, 2);
  CHECK(f.ledger->prunable_runs(our_store, at(9999)) == Ids{"undo", "night-1"});
}

TEST_CASE("a run that can be taken up again never goes") {
  Fixture f;
  open_run_of(*f.ledger, "open", {understood(2, 7)});
  f.ledger->end_run("open", 130, "interrupted", at(100));
  f.ledger->begin_run(make_run("staging"));
  CHECK(f.ledger->prunable_runs(our_store, at(9999)).empty());
  f.ledger->abandon_run("open");
  run_once(*f.ledger, run_of("next"), only_essential, 0, 200);
  CHECK(f.ledger->prunable_runs(our_store, at(9999)) == Ids{"open"});
}

TEST_CASE("with a run go its rows; what is confirmed and the history stay, and can be verified") {
  Fixture f;
  nights(*f.ledger, 3);
  for (const RunId& run : f.ledger->prunable_runs(our_store, at(9999))) f.ledger->discard_run(run);
  f.ledger = open_ledger(f.location);

  CHECK_FALSE(f.ledger->find_run("night-1"));
  CHECK_THROWS_AS(f.ledger->counts("night-1"), LedgerError);
  CHECK(f.ledger->runs(10).size() == 1);
  int about_the_customer = 0;
  f.ledger->for_each_row_of(our_store, customer(7), [&](const RunId& run, const RowResult&) {
    CHECK(run == "night-3");
    ++about_the_customer;
  });
  CHECK(about_the_customer == 1);
  CHECK(f.ledger->confirmed(our_store, customer(7)) == all_allowed);

  EvidenceVerifier verifier(our_store);
  Ids told;
  const auto history = f.ledger->read_evidence(our_store, {});
  while (const EvidenceEntry* entry = history->next()) {
    verifier.check(*entry);
    told.push_back(entry->run);
  }
  CHECK(told == Ids{"night-1", "night-2", "night-3"});
  CHECK(verifier.finish().findings.empty());
}
