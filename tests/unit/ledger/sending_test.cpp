#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include "fixture.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

namespace {

constexpr const char* store = "abc123";

/// Customer 7 is confirmed as all allowed.
void confirm_seven(Ledger& ledger) {
  open_run_of(ledger, "first", {understood(2, 7, all_allowed)});
  for (const auto& queued : ledger.take_changes("first", {}, 10))
    record_one(ledger, "first", applied(queued.change));
  ledger.end_run("first", 0, "", at(1));
}

}  // namespace

TEST_CASE("withdrawals are handed out before all else, each part in the order of the input, page by page") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  std::vector<StagedRow> staged;
  std::vector<PlannedRow> plan;
  for (LineNumber line = 2; line < 12; ++line) {
    const bool withdraws = line % 2 == 1;
    staged.push_back(understood(line, line));
    plan.push_back(to_send(line, line, std::nullopt, withdraws ? only_essential : all_allowed));
  }
  f.ledger->stage("run-1", staged);
  f.ledger->plan("run-1", plan);
  f.ledger->commit_plan("run-1");

  std::vector<LineNumber> lines;
  QueuePosition position;
  for (auto page = f.ledger->take_changes("run-1", position, 3); !page.empty();
       page = f.ledger->take_changes("run-1", position, 3)) {
    CHECK(page.size() <= 3);
    for (const auto& queued : page) lines.push_back(queued.change.line);
    position = page.back().position;
  }
  CHECK(lines == std::vector<LineNumber>{3, 5, 7, 9, 11, 2, 4, 6, 8, 10});
}

TEST_CASE("a change comes out of the queue as it was planned") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  f.ledger->stage("run-1", std::vector{understood(2, 7)});
  f.ledger->plan("run-1", std::vector{to_send(2, 7, all_allowed, only_essential)});
  f.ledger->commit_plan("run-1");
  const Change change = f.ledger->take_changes("run-1", {}, 10).at(0).change;
  CHECK(change.line == 2);
  CHECK(change.customer == customer(7));
  CHECK(change.before == all_allowed);
  CHECK(change.wanted == only_essential);
}

TEST_CASE("a recorded row leaves the queue, keeps its result, and confirms what the store holds") {
  Fixture f;
  open_run_of(*f.ledger, "run-1", {understood(2, 7, only_essential)});
  const Change change = f.ledger->take_changes("run-1", {}, 10).at(0).change;
  record_one(*f.ledger, "run-1", applied(change));
  CHECK(f.ledger->take_changes("run-1", {}, 10).empty());
  CHECK(f.ledger->confirmed(store, customer(7)) == only_essential);
  CHECK_FALSE(f.ledger->confirmed("other", customer(7)));
  const RowResult row = rows_of(*f.ledger, "run-1").at(0);
  CHECK(row.outcome == Outcome::applied);
  CHECK(row.http_status == 200);
  CHECK(row.attempts == 1);
  CHECK(row.after == only_essential);
}

TEST_CASE("a row is recorded once: a second result is ignored and confirms nothing") {
  Fixture f;
  open_run_of(*f.ledger, "run-1", {understood(2, 7, only_essential)});
  const Change change = f.ledger->take_changes("run-1", {}, 10).at(0).change;
  record_one(*f.ledger, "run-1", applied(change));
  ChangeResult again = applied(change, 200);
  again.outcome = Outcome::mismatch;
  again.held = all_allowed;
  record_one(*f.ledger, "run-1", again);
  CHECK(f.ledger->confirmed(store, customer(7)) == only_essential);
  CHECK(f.ledger->counts("run-1")[Outcome::applied] == 1);
  CHECK(f.ledger->counts("run-1").total() == 1);
}

TEST_CASE("any result with what the store holds confirms that; without, only failed leaves it sure") {
  Fixture f;
  confirm_seven(*f.ledger);
  open_run_of(*f.ledger, "run-1", {understood(2, 7, only_essential)});
  const Change change = f.ledger->take_changes("run-1", {}, 10).at(0).change;
  const Choice something_else = choice(0b0011, 0b1100);

  SUBCASE("mismatch confirms what is held, not what was asked") {
    ChangeResult result = ended(change, Outcome::mismatch);
    result.held = something_else;
    result.confirmed_at = at(9);
    record_one(*f.ledger, "run-1", result);
    CHECK(f.ledger->confirmed(store, customer(7)) == something_else);
  }
  SUBCASE("unknown brings doubt, which a later confirmation ends") {
    record_one(*f.ledger, "run-1", ended(change, Outcome::unknown));
    CHECK_FALSE(f.ledger->confirmed(store, customer(7)));
    open_run_of(*f.ledger, "run-2", {understood(2, 7, only_essential)});
    record_one(*f.ledger, "run-2", applied(f.ledger->take_changes("run-2", {}, 10).at(0).change));
    CHECK(f.ledger->confirmed(store, customer(7)) == only_essential);
  }
  SUBCASE("failed leaves it: no try can have been applied") {
    record_one(*f.ledger, "run-1", ended(change, Outcome::failed));
    CHECK(f.ledger->confirmed(store, customer(7)) == all_allowed);
  }
  SUBCASE("rejected brings doubt: a try before the refusal may have been applied") {
    record_one(*f.ledger, "run-1", ended(change, Outcome::rejected));
    CHECK_FALSE(f.ledger->confirmed(store, customer(7)));
  }
  SUBCASE("so does not_found") {
    record_one(*f.ledger, "run-1", ended(change, Outcome::not_found));
    CHECK_FALSE(f.ledger->confirmed(store, customer(7)));
  }
}

TEST_CASE("a result that is still pending leaves the row in the queue, and notes its tries") {
  Fixture f;
  open_run_of(*f.ledger, "run-1", {understood(2, 7)});
  ChangeResult tried = ended(f.ledger->take_changes("run-1", {}, 10).at(0).change, Outcome::pending);
  tried.attempts = 2;
  tried.http_status = 502;
  tried.reason = "sent, and may have been applied";
  record_one(*f.ledger, "run-1", tried);
  CHECK(f.ledger->take_changes("run-1", {}, 10).size() == 1);
  const RowResult row = rows_of(*f.ledger, "run-1").at(0);
  CHECK(row.outcome == Outcome::pending);
  CHECK(row.attempts == 2);
  CHECK(row.http_status == 502);
  CHECK(row.reason == "sent, and may have been applied");
}

TEST_CASE("what was handed out and given back is in no doubt") {
  Fixture f;
  confirm_seven(*f.ledger);
  open_run_of(*f.ledger, "run-1", {understood(2, 6, only_essential), understood(3, 7, only_essential)});
  const auto handed_out = f.ledger->take_changes("run-1", {}, 10);
  f.ledger->give_back("run-1", handed_out.at(0).position);
  f.ledger->abandon_run("run-1");
  CHECK(f.ledger->confirmed(store, customer(7)) == all_allowed);
}

TEST_CASE("the last run of a store is the newest that got beyond planning") {
  Fixture f;
  CHECK_FALSE(f.ledger->last_run(store, Mode::sync));
  confirm_seven(*f.ledger);
  f.ledger->begin_run(make_run("second"));
  CHECK(f.ledger->last_run(store, Mode::sync)->id == "first");
  CHECK_FALSE(f.ledger->last_run(store, Mode::dry_run));
  CHECK_FALSE(f.ledger->last_run("other", Mode::sync));
}

TEST_CASE("an abandoned run brings doubt only to what was handed out and not recorded") {
  Fixture f;
  open_run_of(*f.ledger, "first", {understood(2, 1), understood(3, 2), understood(4, 3)});
  for (const auto& queued : f.ledger->take_changes("first", {}, 10))
    record_one(*f.ledger, "first", applied(queued.change));
  f.ledger->end_run("first", 0, "", at(1));

  open_run_of(
      *f.ledger, "run-1",
      {understood(2, 1, only_essential), understood(3, 2, only_essential), understood(4, 3, only_essential)});
  const auto handed_out = f.ledger->take_changes("run-1", {}, 2);
  record_one(*f.ledger, "run-1", applied(handed_out.at(0).change));
  CHECK(f.ledger->confirmed(store, customer(2)) == all_allowed);
  f.ledger->abandon_run("run-1");

  CHECK(f.ledger->confirmed(store, customer(1)) == only_essential);
  CHECK_FALSE(f.ledger->confirmed(store, customer(2)));
  CHECK(f.ledger->confirmed(store, customer(3)) == all_allowed);
  CHECK(f.ledger->find_run("run-1")->state == RunState::abandoned);
  CHECK(f.ledger->counts("run-1")[Outcome::pending] == 2);
  CHECK_FALSE(f.ledger->open_run(store, Mode::sync));
  CHECK_THROWS_AS(f.ledger->take_changes("run-1", {}, 10), LedgerError);
}

TEST_CASE("taking an earlier page again does not forget how far changes were handed out") {
  Fixture f;
  confirm_seven(*f.ledger);
  open_run_of(*f.ledger, "run-1", {understood(2, 6, only_essential), understood(3, 7, only_essential)});
  f.ledger->take_changes("run-1", {}, 2);
  f.ledger->take_changes("run-1", {}, 1);
  f.ledger->abandon_run("run-1");
  CHECK_FALSE(f.ledger->confirmed(store, customer(7)));
}

TEST_CASE(
    "after a resumption a change that an earlier process may have sent keeps its doubt if its row ends "
    "badly") {
  Fixture f;
  confirm_seven(*f.ledger);
  open_run_of(*f.ledger, "run-1", {understood(2, 7, only_essential)});
  f.ledger->take_changes("run-1", {}, 10);  // and the process dies
  f.ledger->resume_run("run-1", at(50));
  const Change change = f.ledger->take_changes("run-1", {}, 10).at(0).change;
  CHECK(change.before == all_allowed);
  SUBCASE("never connected this time, but the first may have arrived") {
    record_one(*f.ledger, "run-1", ended(change, Outcome::failed));
    CHECK_FALSE(f.ledger->confirmed(store, customer(7)));
  }
  SUBCASE("the store's reply settles it") {
    record_one(*f.ledger, "run-1", applied(change));
    CHECK(f.ledger->confirmed(store, customer(7)) == only_essential);
  }
}

TEST_CASE("evidence and what is confirmed outlive a run that is read again") {
  Fixture f;
  confirm_seven(*f.ledger);
  f.ledger->discard_run("first");
  CHECK(f.ledger->confirmed(store, customer(7)) == all_allowed);
  const auto history = f.ledger->read_evidence(store, {});
  const EvidenceEntry* entry = history->next();
  REQUIRE(entry != nullptr);
  CHECK(entry->run == "first");
  CHECK(history->next() == nullptr);
}
