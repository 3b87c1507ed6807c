#include <doctest/doctest.h>

#include <tuple>

#include "fixture.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

namespace {

/// Customer 7 is confirmed as all allowed.
void confirm_seven(Ledger& ledger) {
  open_run_of(ledger, "first", {understood(2, 7, all_allowed)});
  for (const auto& queued : ledger.take_changes("first", {}, 10))
    record_one(ledger, "first", applied(queued.change));
  ledger.end_run("first", 0, "", at(1));
}

}  // namespace

TEST_CASE(
    "withdrawals are handed out before all else, without times in the order of the input, page by page") {
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

TEST_CASE(
    "of withdrawals and of the others the oldest decisions come first; who told no time before all, ties by "
    "line") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  struct Row {
    LineNumber line;
    bool withdraws;
    std::optional<Timestamp> decided_at;
  };
  const std::vector<Row> rows{{2, false, at(50)}, {3, true, at(70)},       {4, true, at(-2'000'000'000)},
                              {5, false, at(40)}, {6, true, std::nullopt}, {7, true, at(70)},
                              {8, false, at(50)}, {9, true, at(60)},       {10, false, std::nullopt}};
  std::vector<StagedRow> staged;
  std::vector<PlannedRow> plan;
  for (const Row& row : rows) {
    staged.push_back(understood(row.line, row.line, all_allowed, row.decided_at));
    plan.push_back(to_send(row.line, row.line, std::nullopt, row.withdraws ? only_essential : all_allowed));
  }
  f.ledger->stage("run-1", staged);
  f.ledger->plan("run-1", plan);
  f.ledger->commit_plan("run-1");
  CHECK(f.ledger->queued("run-1").withdrawals == 5);

  std::vector<LineNumber> lines;
  QueuePosition position;
  for (auto page = f.ledger->take_changes("run-1", position, 2); !page.empty();
       page = f.ledger->take_changes("run-1", position, 2)) {
    for (const auto& queued : page) {
      CHECK_FALSE(queued.may_have_been_sent);
      lines.push_back(queued.change.line);
    }
    position = page.back().position;
    record_one(*f.ledger, "run-1", applied(page.front().change));
  }
  CHECK(lines == std::vector<LineNumber>{6, 4, 9, 3, 7, 10, 5, 2, 8});
  CHECK(f.ledger->queued("run-1").withdrawals == 2);

  lines.clear();
  for (const auto& queued : f.ledger->take_changes("run-1", {}, 10)) {
    CHECK(queued.may_have_been_sent);
    lines.push_back(queued.change.line);
  }
  CHECK(lines == std::vector<LineNumber>{4, 3, 10, 2});
}

TEST_CASE("a queue beyond what is sorted in memory is handed out in its order, and nothing of it is lost") {
  Fixture f;
  constexpr LineNumber rows = 600'000;  // of 32 bytes: more than 16 MB
  f.ledger->begin_run(make_run("run-1"));
  std::vector<StagedRow> staged;
  std::vector<PlannedRow> plan;
  for (LineNumber line = 1; line <= rows; ++line) {
    const auto when = Timestamp(std::chrono::seconds(line * 7919 % 600'011));
    staged.push_back(understood(line, line, all_allowed, when));
    staged.back().source.clear();
    plan.push_back(to_send(line, line, std::nullopt, line % 3 == 0 ? only_essential : all_allowed));
  }
  f.ledger->stage("run-1", staged);
  f.ledger->plan("run-1", plan);
  f.ledger->commit_plan("run-1");
  CHECK(f.ledger->queued("run-1").withdrawals == rows / 3);

  LineNumber taken = 0;
  QueuePosition last;
  for (auto page = f.ledger->take_changes("run-1", last, 50'000); !page.empty();
       page = f.ledger->take_changes("run-1", last, 50'000)) {
    for (const auto& queued : page) {
      const QueuePosition& next = queued.position;
      REQUIRE(std::tie(last.rank, last.decided_at, last.line) <
              std::tie(next.rank, next.decided_at, next.line));
      last = next;
      ++taken;
    }
  }
  CHECK(taken == rows);
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
  CHECK(change.input == only_essential);
  CHECK(change.base == consent_sync::consent::Base{all_allowed, std::nullopt, false});
}

TEST_CASE("a recorded row leaves the queue, keeps its result, and confirms what the store holds") {
  Fixture f;
  open_run_of(*f.ledger, "run-1", {understood(2, 7, only_essential)});
  const Change change = f.ledger->take_changes("run-1", {}, 10).at(0).change;
  record_one(*f.ledger, "run-1", applied(change));
  CHECK(f.ledger->take_changes("run-1", {}, 10).empty());
  CHECK(f.ledger->confirmed(our_store, customer(7)) == only_essential);
  CHECK_FALSE(f.ledger->confirmed("other", customer(7)));
  const RowResult row = rows_of(*f.ledger, "run-1").at(0);
  CHECK(row.outcome == Outcome::applied);
  CHECK(row.http_status == 200);
  CHECK(row.attempts == 1);
  CHECK(row.after == only_essential);
}

TEST_CASE("what is recorded together leaves the queue, and nothing that lies between") {
  Fixture f;
  std::vector<StagedRow> rows;
  for (LineNumber line = 2; line < 12; ++line) rows.push_back(understood(line, line));
  open_run_of(*f.ledger, "run-1", rows);
  const auto queue = f.ledger->take_changes("run-1", {}, 10);
  REQUIRE(queue.size() == 10);
  const auto record = [&](std::initializer_list<std::size_t> places) {
    std::vector<ChangeResult> results;
    for (const std::size_t place : places) results.push_back(applied(queue[place].change));
    f.ledger->record("run-1", results, {});
  };
  const auto left = [&](std::size_t most) {
    std::vector<LineNumber> lines;
    for (const auto& queued : f.ledger->take_changes("run-1", {}, most)) lines.push_back(queued.change.line);
    return lines;
  };
  record({7, 3, 5, 4});
  CHECK(left(3) == std::vector<LineNumber>{2, 3, 4});
  // Handed out again in part, the first comes right after what was last before.
  record({9, 0});
  CHECK(left(10) == std::vector<LineNumber>{3, 4, 8, 10});
  record({8, 1, 6, 2});
  CHECK(left(10).empty());
  CHECK(f.ledger->counts("run-1")[Outcome::applied] == 10);
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
  CHECK(f.ledger->confirmed(our_store, customer(7)) == only_essential);
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
    CHECK(f.ledger->confirmed(our_store, customer(7)) == something_else);
  }
  SUBCASE("unknown brings doubt, which a later confirmation ends") {
    record_one(*f.ledger, "run-1", ended(change, Outcome::unknown));
    CHECK_FALSE(f.ledger->confirmed(our_store, customer(7)));
    open_run_of(*f.ledger, "run-2", {understood(2, 7, only_essential)});
    record_one(*f.ledger, "run-2", applied(f.ledger->take_changes("run-2", {}, 10).at(0).change));
    CHECK(f.ledger->confirmed(our_store, customer(7)) == only_essential);
  }
  SUBCASE("failed leaves it: no try can have been applied") {
    record_one(*f.ledger, "run-1", ended(change, Outcome::failed));
    CHECK(f.ledger->confirmed(our_store, customer(7)) == all_allowed);
  }
  SUBCASE("rejected brings doubt: a try before the refusal may have been applied") {
    record_one(*f.ledger, "run-1", ended(change, Outcome::rejected));
    CHECK_FALSE(f.ledger->confirmed(our_store, customer(7)));
  }
  SUBCASE("so does not_found") {
    record_one(*f.ledger, "run-1", ended(change, Outcome::not_found));
    CHECK_FALSE(f.ledger->confirmed(our_store, customer(7)));
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
  CHECK(f.ledger->confirmed(our_store, customer(7)) == all_allowed);
}

TEST_CASE("how far changes were handed out is told by their place in the queue, not by their line") {
  Fixture f;
  confirm_seven(*f.ledger);
  open_run_of(*f.ledger, "run-1",
              {understood(2, 7, only_essential, at(9)), understood(3, 6, only_essential, at(5))});
  SUBCASE("the newer decision was not handed out, although it is above") {
    f.ledger->take_changes("run-1", {}, 1);
    f.ledger->abandon_run("run-1");
    CHECK(f.ledger->confirmed(our_store, customer(7)) == all_allowed);
  }
  SUBCASE("it was handed out, and given back") {
    const auto handed_out = f.ledger->take_changes("run-1", {}, 10);
    f.ledger->give_back("run-1", handed_out.at(0).position);
    f.ledger->resume_run("run-1");
    CHECK(f.ledger->confirmed(our_store, customer(7)) == all_allowed);
    const auto again = f.ledger->take_changes("run-1", {}, 10);
    CHECK(again.at(0).may_have_been_sent);
    CHECK_FALSE(again.at(1).may_have_been_sent);
  }
  SUBCASE("it was handed out") {
    f.ledger->take_changes("run-1", {}, 2);
    f.ledger->abandon_run("run-1");
    CHECK_FALSE(f.ledger->confirmed(our_store, customer(7)));
  }
}

TEST_CASE("the last run of a store is the newest that got beyond planning") {
  Fixture f;
  CHECK_FALSE(f.ledger->last_run(our_store, Mode::sync));
  confirm_seven(*f.ledger);
  f.ledger->begin_run(make_run("second"));
  CHECK(f.ledger->last_run(our_store, Mode::sync)->id == "first");
  CHECK_FALSE(f.ledger->last_run(our_store, Mode::dry_run));
  CHECK_FALSE(f.ledger->last_run("other", Mode::sync));
}

TEST_CASE("the last success of a store is found behind any number of failures and of others' runs") {
  Fixture f;
  CHECK_FALSE(f.ledger->last_success(our_store, Mode::sync));
  confirm_seven(*f.ledger);
  f.ledger->end_run("first", 0, "", at(1));
  open_run_of(*f.ledger, "second", {understood(2, 8)});
  f.ledger->end_run("second", 5, "", at(2));
  CHECK(f.ledger->last_success(our_store, Mode::sync)->id == "first");
  CHECK_FALSE(f.ledger->last_success(our_store, Mode::dry_run));
  CHECK_FALSE(f.ledger->last_success("other", Mode::sync));
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
  CHECK(f.ledger->confirmed(our_store, customer(2)) == all_allowed);
  f.ledger->abandon_run("run-1");

  CHECK(f.ledger->confirmed(our_store, customer(1)) == only_essential);
  CHECK_FALSE(f.ledger->confirmed(our_store, customer(2)));
  CHECK(f.ledger->confirmed(our_store, customer(3)) == all_allowed);
  CHECK(f.ledger->find_run("run-1")->state == RunState::abandoned);
  CHECK(f.ledger->counts("run-1")[Outcome::pending] == 2);
  CHECK_FALSE(f.ledger->open_run(our_store, Mode::sync));
  CHECK_THROWS_AS(f.ledger->take_changes("run-1", {}, 10), LedgerError);
}

TEST_CASE("taking an earlier page again does not forget how far changes were handed out") {
  Fixture f;
  confirm_seven(*f.ledger);
  open_run_of(*f.ledger, "run-1", {understood(2, 6, only_essential), understood(3, 7, only_essential)});
  f.ledger->take_changes("run-1", {}, 2);
  f.ledger->take_changes("run-1", {}, 1);
  f.ledger->abandon_run("run-1");
  CHECK_FALSE(f.ledger->confirmed(our_store, customer(7)));
}

TEST_CASE(
    "after a resumption a change that an earlier process may have sent keeps its doubt if its row ends "
    "badly") {
  Fixture f;
  confirm_seven(*f.ledger);
  open_run_of(*f.ledger, "run-1", {understood(2, 7, only_essential)});
  f.ledger->take_changes("run-1", {}, 10);  // and the process dies
  f.ledger->resume_run("run-1");
  const Change change = f.ledger->take_changes("run-1", {}, 10).at(0).change;
  CHECK(change.before == all_allowed);
  SUBCASE("never connected this time, but the first may have arrived") {
    record_one(*f.ledger, "run-1", ended(change, Outcome::failed));
    CHECK_FALSE(f.ledger->confirmed(our_store, customer(7)));
  }
  SUBCASE("the store's reply settles it") {
    record_one(*f.ledger, "run-1", applied(change));
    CHECK(f.ledger->confirmed(our_store, customer(7)) == only_essential);
  }
}

TEST_CASE("evidence and what is confirmed outlive a run that is read again") {
  Fixture f;
  confirm_seven(*f.ledger);
  f.ledger->discard_run("first");
  CHECK(f.ledger->confirmed(our_store, customer(7)) == all_allowed);
  const auto history = f.ledger->read_evidence(our_store, {});
  const EvidenceEntry* entry = history->next();
  REQUIRE(entry != nullptr);
  CHECK(entry->run == "first");
  CHECK(history->next() == nullptr);
}
