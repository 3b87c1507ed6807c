#include <doctest/doctest.h>

#include "fixture.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

TEST_CASE("a run reads back as it was begun, also through another object") {
  Fixture f;
  Run run = make_run("run-1");
  run.mode = Mode::dry_run;
  run.api_url = "https://api.example";
  run.correlation_id = "c-1";
  run.tool_version = "0.1.0";
  run.settings = "rate.share: 0.9\n";
  run.input.path = "in.csv";
  run.input.format = "csv";
  run.input.columns = {"customer_id", "", "a,b\n\"c\""};
  f.ledger->begin_run(run);

  const auto other = open_ledger(f.location);
  const Run read = other->find_run("run-1").value();
  CHECK(read.mode == Mode::dry_run);
  CHECK(read.state == RunState::staging);
  CHECK(read.store == "abc123");
  CHECK(read.api_url == "https://api.example");
  CHECK(read.correlation_id == "c-1");
  CHECK(read.tool_version == "0.1.0");
  CHECK(read.settings == "rate.share: 0.9\n");
  CHECK(read.started_at == at(0));
  CHECK_FALSE(read.ended_at);
  CHECK_FALSE(read.exit_code);
  CHECK(read.input.columns == run.input.columns);
  CHECK_FALSE(other->find_run("run-2"));
}

TEST_CASE("two runs cannot have the same id") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  CHECK_THROWS_AS(f.ledger->begin_run(make_run("run-1")), LedgerError);
}

TEST_CASE("runs are listed newest first, up to the limit") {
  Fixture f;
  for (int i = 0; i < 3; ++i) {
    Run run = make_run("run-" + std::to_string(i));
    run.started_at = at(i);
    f.ledger->begin_run(run);
  }
  const auto runs = f.ledger->runs(2);
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].id == "run-2");
  CHECK(runs[1].id == "run-1");
  CHECK(f.ledger->runs(std::numeric_limits<std::size_t>::max()).size() == 3);
}

TEST_CASE("the run before is the newest of the same store and mode that began earlier and got a plan") {
  Fixture f;
  const auto begin = [&](const char* id, Mode mode, const char* store, bool planned) {
    Run run = make_run(id);
    run.mode = mode;
    run.store = store;
    f.ledger->begin_run(run);
    if (planned) f.ledger->commit_plan(id);
  };
  begin("run-1", Mode::sync, "abc123", true);
  begin("run-2", Mode::dry_run, "abc123", true);
  begin("run-3", Mode::sync, "other", true);
  begin("run-4", Mode::sync, "abc123", false);
  begin("run-5", Mode::sync, "abc123", true);
  CHECK(f.ledger->run_before("run-5").value().id == "run-1");
  CHECK_FALSE(f.ledger->run_before("run-1"));
  CHECK_FALSE(f.ledger->run_before("run-2"));
  CHECK_FALSE(f.ledger->run_before("no such run"));
}

TEST_CASE("faults of a run are counted by kind, and read back") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  f.ledger->commit_plan("run-1");
  Traffic traffic;
  traffic.faults[Fault::quota_spent] = 2;
  traffic.faults[Fault::differs] = 1;
  f.ledger->record("run-1", {}, traffic);
  traffic.faults[Fault::quota_spent] = 5;
  f.ledger->record("run-1", {}, traffic);
  const Traffic read = open_ledger(f.location)->find_run("run-1").value().traffic;
  for (const Fault fault : all_faults) CHECK(read.faults[fault] == traffic.faults[fault]);
  CHECK(read.faults.total() == 6);
}

TEST_CASE("finishing the staging notes the facts of the input") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  f.ledger->finish_staging("run-1", {"in.csv", "csv", {"customer_id", "allow"}, "ab12", 4711, 12});
  const InputFacts input = f.ledger->find_run("run-1")->input;
  CHECK(input.path == "in.csv");
  CHECK(input.format == "csv");
  CHECK(input.columns == std::vector<std::string>{"customer_id", "allow"});
  CHECK(input.sha256 == "ab12");
  CHECK(input.bytes == 4711);
  CHECK(input.rows == 12);
}

TEST_CASE("only the open run of the same store and mode is taken up") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  CHECK_FALSE(f.ledger->open_run("abc123", Mode::sync));
  f.ledger->commit_plan("run-1");
  CHECK(f.ledger->open_run("abc123", Mode::sync)->id == "run-1");
  CHECK_FALSE(f.ledger->open_run("abc123", Mode::dry_run));
  CHECK_FALSE(f.ledger->open_run("other", Mode::sync));
}

TEST_CASE("a run with pending rows stays open at its end, and finishes once none is left") {
  Fixture f;
  open_run_of(*f.ledger, "run-1", {understood(2, 7), not_understood(3, "no number")});
  f.ledger->end_run("run-1", 130, "interrupted", at(5));
  Run run = f.ledger->find_run("run-1").value();
  CHECK(run.state == RunState::open);
  CHECK(run.exit_code == 130);
  CHECK(run.stop_reason == "interrupted");
  CHECK(run.ended_at == at(5));

  f.ledger->resume_run("run-1");
  run = f.ledger->find_run("run-1").value();
  CHECK(run.resumptions == 1);
  CHECK_FALSE(run.exit_code);
  CHECK_FALSE(run.ended_at);
  CHECK(run.stop_reason.empty());

  const auto changes = f.ledger->take_changes("run-1", {}, 10);
  REQUIRE(changes.size() == 1);
  record_one(*f.ledger, "run-1", applied(changes[0].change));
  f.ledger->end_run("run-1", 1, "", at(7));
  CHECK(f.ledger->find_run("run-1")->state == RunState::finished);
  CHECK_THROWS_AS(f.ledger->resume_run("run-1"), LedgerError);
}

TEST_CASE("a run whose plan was never committed stays staging at its end, so that it is never sent") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  f.ledger->stage("run-1", std::vector{understood(2, 7)});
  f.ledger->plan("run-1", std::vector{to_send(2, 7, std::nullopt, all_allowed)});
  f.ledger->end_run("run-1", 3, "too many changes", at(5));
  CHECK(f.ledger->find_run("run-1")->state == RunState::staging);
  CHECK_THROWS_AS(f.ledger->take_changes("run-1", {}, 10), LedgerError);
}

TEST_CASE("the sources of rows that ended ok are dropped at the end, those of problems stay") {
  Fixture f;
  open_run_of(*f.ledger, "run-1", {understood(2, 7), understood(3, 8), not_understood(4, "no number")});
  for (const auto& queued : f.ledger->take_changes("run-1", {}, 10)) {
    const bool is_first = queued.change.line == 2;
    record_one(*f.ledger, "run-1",
               is_first ? applied(queued.change) : ended(queued.change, Outcome::rejected));
  }
  f.ledger->end_run("run-1", 1, "", at(5));
  const auto rows = rows_of(*f.ledger, "run-1");
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].source.empty());
  CHECK(rows[1].source == "source of line 3");
  CHECK(rows[2].source == "source of line 4");
  CHECK(rows[2].reason == "no number");
  CHECK_FALSE(rows[2].customer);
}

TEST_CASE("a run takes an open one's place once its plan is committed, and not before") {
  Fixture f;
  open_run_of(*f.ledger, "first", {understood(2, 7), understood(3, 8), understood(4, 9)});
  record_one(*f.ledger, "first", applied(f.ledger->take_changes("first", {}, 2).at(0).change));
  f.ledger->begin_run(make_run("second"));
  f.ledger->stage("second", std::vector{understood(2, 7, only_essential), understood(3, 8, only_essential)});
  f.ledger->doubt_unrecorded("first");
  CHECK(f.ledger->open_run(our_store, Mode::sync)->id == "first");
  CHECK(f.ledger->queued("first").changes == 2);

  PlannedRow as_it_is = planned(3, Outcome::unchanged);
  as_it_is.settles = consent_sync::consent::Base{all_allowed, std::nullopt, false};
  f.ledger->plan("second", std::vector{to_send(2, 7, all_allowed, only_essential), as_it_is});
  f.ledger->commit_plan("second", "first");
  CHECK(f.ledger->open_run(our_store, Mode::sync)->id == "second");
  CHECK(f.ledger->find_run("first")->state == RunState::abandoned);
  CHECK(f.ledger->counts("first")[Outcome::pending] == 2);
  // What the plan settles is newer than what the first run may have sent.
  CHECK(f.ledger->confirmed(our_store, customer(8)) == all_allowed);
  CHECK_THROWS_AS(f.ledger->doubt_unrecorded("first"), LedgerError);
}

TEST_CASE("a discarded run is forgotten, and its id is free again") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  f.ledger->stage("run-1", std::vector{understood(2, 7)});
  f.ledger->discard_run("run-1");
  CHECK_FALSE(f.ledger->find_run("run-1"));
  CHECK_THROWS_AS(f.ledger->counts("run-1"), LedgerError);
  f.ledger->begin_run(make_run("run-1"));
  CHECK(f.ledger->counts("run-1").total() == 0);
}

TEST_CASE("discarding what is staging leaves open runs and other stores alone") {
  Fixture f;
  open_run_of(*f.ledger, "open", {understood(2, 7)});
  f.ledger->begin_run(make_run("staging-1"));
  f.ledger->begin_run(make_run("staging-2"));
  f.ledger->begin_run(make_run("elsewhere", "other"));
  f.ledger->discard_staging("abc123", "");
  CHECK(f.ledger->find_run("open"));
  CHECK_FALSE(f.ledger->find_run("staging-1"));
  CHECK_FALSE(f.ledger->find_run("staging-2"));
  CHECK(f.ledger->find_run("elsewhere"));
  CHECK(f.ledger->counts("open").total() == 1);
}

TEST_CASE("traffic reads back, with its latencies") {
  Fixture f;
  open_run_of(*f.ledger, "run-1", {understood(2, 7)});
  Traffic traffic;
  traffic.put = 1;
  traffic.get = 2;
  traffic.retried = 3;
  traffic.throttled = 4;
  traffic.reopened = 5;
  traffic.quota = 150;
  traffic.window = std::chrono::milliseconds(30'000);
  traffic.sending = std::chrono::milliseconds(77);
  traffic.latency.add(std::chrono::microseconds(1234));
  f.ledger->record("run-1", {}, traffic);
  const Traffic read = f.ledger->find_run("run-1")->traffic;
  CHECK(read.put == 1);
  CHECK(read.get == 2);
  CHECK(read.retried == 3);
  CHECK(read.throttled == 4);
  CHECK(read.reopened == 5);
  CHECK(read.quota == 150);
  CHECK(read.window == std::chrono::milliseconds(30'000));
  CHECK(read.sending == std::chrono::milliseconds(77));
  CHECK(read.latency.count() == 1);
  CHECK(read.latency.max() == std::chrono::microseconds(1234));
}

TEST_CASE("a run in another's place leaves out those who are not reached and of whom it understood no row") {
  Fixture f;
  open_run_of(*f.ledger, "run-1", {understood(2, 9), understood(3, 3), understood(4, 7), understood(5, 5)});
  StagedRow broken = not_understood(3, "no choice");
  broken.customer = customer(7);
  const auto left_out = [&](const RunId& id, const std::vector<StagedRow>& by) {
    f.ledger->begin_run(make_run(id));
    f.ledger->stage(id, by);
    return f.ledger->count_left_out("run-1", id);
  };
  CHECK(left_out("none", {}) == 4);
  CHECK(left_out("others", {understood(2, 1), understood(3, 4), understood(4, 11)}) == 4);
  CHECK(left_out("some", {understood(2, 3), broken, understood(4, 9), understood(5, 9)}) == 2);
  CHECK(left_out("all", {understood(2, 9), broken, understood(4, 7), understood(5, 5), understood(6, 3)}) ==
        0);

  const auto taken = f.ledger->take_changes("run-1", {}, 1);
  record_one(*f.ledger, "run-1", applied(taken.front().change));
  CHECK(f.ledger->count_left_out("run-1", "none") == 3);
}
