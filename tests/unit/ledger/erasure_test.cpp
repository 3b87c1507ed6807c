#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <random>

#include <fmt/format.h>

#include "fixture.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

namespace {

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

StagedRow written(LineNumber line, std::int64_t id, const std::string& source) {
  StagedRow row = understood(line, id);
  row.source = source;
  return row;
}

/// Customers 1 to 5: 1 to 3 applied, 4 refused by the store, 5 ended when it was planned; line 7 was not
/// understood.
void run_five(Ledger& ledger, const RunId& id) {
  std::vector<StagedRow> rows;
  for (int i = 1; i <= 5; ++i) rows.push_back(written(i + 1, i, "words-of-customer-" + std::to_string(i)));
  rows.push_back(not_understood(7, "no such word"));
  ledger.begin_run(make_run(id));
  ledger.stage(id, rows);
  std::vector<PlannedRow> plan;
  for (int i = 1; i <= 4; ++i) plan.push_back(to_send(i + 1, i, only_essential, all_allowed));
  plan.push_back(planned(6, Outcome::conflict));
  plan.back().reason = "reason-of-customer-5";
  ledger.plan(id, plan);
  ledger.commit_plan(id);
  for (const QueuedChange& queued : ledger.take_changes(id, {}, 100)) {
    const bool is_refused = queued.change.customer == customer(4);
    record_one(ledger, id, is_refused ? ended(queued.change, Outcome::rejected) : applied(queued.change));
  }
  ledger.end_run(id, 1, "", at(200));
}

EvidenceVerifier::Verdict verify(Ledger& ledger) {
  EvidenceVerifier verifier(our_store);
  for (const Run& run : ledger.runs(100)) {
    if (run.evidence) verifier.expect(*run.evidence, run.id);
  }
  const auto history = ledger.read_evidence(our_store, {});
  while (const EvidenceEntry* entry = history->next()) verifier.check(*entry);
  return verifier.finish();
}

}  // namespace

TEST_CASE("an erased customer is gone from the history, the rows and what is confirmed; all counts stay") {
  Fixture f;
  run_five(*f.ledger, "run-1");
  const OutcomeCounts before = f.ledger->recount("run-1");
  const Erasure erasure = f.ledger->erase_customer(our_store, customer(2), nobody, at(500));
  CHECK(erasure.entries == 1);
  CHECK(erasure.rows == 1);
  CHECK(erasure.was_confirmed);
  CHECK(erasure.runs == std::vector<RunId>{"run-1"});

  CHECK_FALSE(f.ledger->confirmed(our_store, customer(2)));
  CHECK(f.ledger->confirmed(our_store, customer(1)) == all_allowed);
  CHECK(f.ledger->read_evidence(our_store, {customer(2), ""})->next() == nullptr);
  int rows = 0;
  f.ledger->for_each_row_of(our_store, customer(2), [&](const RunId&, const RowResult&) { ++rows; });
  CHECK(rows == 0);
  const OutcomeCounts after = f.ledger->recount("run-1");
  for (const Outcome outcome : consent_sync::consent::all_outcomes) CHECK(before[outcome] == after[outcome]);
  const auto all_rows = rows_of(*f.ledger, "run-1");
  REQUIRE(all_rows.size() == 6);
  CHECK_FALSE(all_rows[1].customer);
  CHECK(all_rows[1].outcome == Outcome::applied);
}

TEST_CASE("the chain holds after an erasure, which is itself part of it") {
  Fixture f;
  run_five(*f.ledger, "run-1");
  f.ledger->erase_customer(our_store, customer(2), nobody, at(500));
  run_five(*f.ledger, "run-2");
  f.ledger->erase_customer(our_store, customer(1), nobody, at(600));
  const auto verdict = verify(*f.ledger);
  CHECK(verdict.findings.empty());
  CHECK(verdict.erasures == 2);
  CHECK(verdict.erased == 3);  // customer 1 twice, customer 2 once: run-2 changed them again
  CHECK(verdict.changes == 3);
}

TEST_CASE("nothing that was written of an erased customer is left in the files" *
          doctest::test_suite("file")) {
  Fixture f;
  run_five(*f.ledger, "run-1");
  for (const int id : {4, 5}) {
    const std::string words = "words-of-customer-" + std::to_string(id);
    REQUIRE((bytes_of(f.path) + bytes_of(f.path + "-wal")).find(words) != std::string::npos);
    const Erasure erasure = f.ledger->erase_customer(our_store, customer(id), nobody, at(500));
    CHECK(erasure.texts == 1);
    CHECK(erasure.rows == 1);
    CHECK((bytes_of(f.path) + bytes_of(f.path + "-wal")).find(words) == std::string::npos);
  }
  CHECK((bytes_of(f.path) + bytes_of(f.path + "-wal")).find("reason-of-customer-5") == std::string::npos);
  CHECK(rows_of(*f.ledger, "run-1")[4].outcome == Outcome::conflict);
  CHECK(verify(*f.ledger).findings.empty());
}

TEST_CASE("nor are copies left that the database made where it split and joined its pages" *
          doctest::test_suite("file")) {
  constexpr int count = 4000;
  const auto reason_of = [](std::int64_t id) { return fmt::format("reason-of-customer-{:05}-end", id); };
  Fixture f;
  // Each has two rows, of which the second is carried: it lies apart, and grows when it ends.
  std::vector<StagedRow> rows;
  std::vector<PlannedRow> plan;
  for (int id = 1; id <= count; ++id) {
    for (const LineNumber line : {2 * id, 2 * id + 1}) {
      rows.push_back(understood(line, id));
      plan.push_back(to_send(line, id, std::nullopt, all_allowed));
    }
    plan.back().change.reset();
    plan.back().carried_by = 2 * id;
  }
  f.ledger->begin_run(make_run("run-1"));
  f.ledger->stage("run-1", rows);
  f.ledger->plan("run-1", plan);
  f.ledger->commit_plan("run-1");
  std::vector<QueuedChange> changes = f.ledger->take_changes("run-1", {}, count);
  std::shuffle(changes.begin(), changes.end(), std::mt19937(7));  // NOLINT(cert-msc51-cpp): always the same
  for (std::size_t i = 0; i < changes.size(); i += 50) {
    std::vector<ChangeResult> results;
    for (std::size_t j = i; j < i + 50; ++j) {
      const Change& change = changes[j].change;
      results.push_back(ended(change, Outcome::not_found));
      results.back().reason = reason_of(change.customer.value()) + std::string(j * 37 % 90, '.');
    }
    f.ledger->record("run-1", results, {});
  }
  f.ledger->end_run("run-1", 1, "", at(200));
  f.ledger = nullptr;  // what its log has stands in the file now
  const std::string before = bytes_of(f.path);
  f.ledger = open_ledger(f.location);
  std::map<std::string, int> found;
  for (auto i = before.find("reason-of-"); i != std::string::npos; i = before.find("reason-of-", i + 1))
    ++found[before.substr(i, reason_of(1).size())];
  bool were_there = false;
  for (int id = 1; id <= count; ++id) {
    if (found[reason_of(id)] <= 2) continue;
    were_there = true;
    const Erasure erasure = f.ledger->erase_customer(our_store, customer(id), nobody, at(500));
    CHECK(erasure.rows == 2);
    CHECK(erasure.traces.empty());
    CHECK((bytes_of(f.path) + bytes_of(f.path + "-wal")).find(reason_of(id)) == std::string::npos);
  }
  WARN(were_there);
}

SERVER_TEST("who sees the ledger as it was before an erasure is a reason why it left traces") {
  Fixture f;
  run_five(*f.ledger, "run-1");
  auto history = f.ledger->read_evidence(our_store, {});
  history->next();
  const Erasure erasure = f.ledger->erase_customer(our_store, customer(2), nobody, at(500));
  CHECK(erasure.traces.find("began before") != std::string::npos);
  history.reset();
  // The server takes a moment to end a session that has gone.
  Erasure again = erasure;
  for (int tries = 0; tries < 1000 && !again.traces.empty(); ++tries)
    again = f.ledger->erase_customer(our_store, customer(2), nobody, at(501));
  CHECK(again.traces == "");
}

TEST_CASE("blocks of rows that have nothing of a customer are left as they are" *
          doctest::test_suite("file")) {
  Fixture f;
  std::vector<StagedRow> rows;
  std::vector<PlannedRow> plan;
  for (int line = 2; line < 10'000; ++line) {
    rows.push_back(understood(line, line - 1));
    plan.push_back(planned(line, Outcome::unchanged));
  }
  f.ledger->begin_run(make_run("run-1"));
  f.ledger->stage("run-1", rows);
  f.ledger->plan("run-1", plan);
  f.ledger->commit_plan("run-1");
  run_sql(f.location,
          "CREATE TRIGGER untouched BEFORE UPDATE ON row_block WHEN OLD.first_line > 2 BEGIN SELECT "
          "RAISE(ABORT, 'was written again'); END");
  // In the bytes of any block something looks like this number.
  CHECK(f.ledger->erase_customer(our_store, customer(1), nobody, at(500)).rows == 1);
  CHECK_FALSE(rows_of(*f.ledger, "run-1").at(0).customer);
}

TEST_CASE("of rows that were not understood those go that mention the customer, and no row of another") {
  Fixture f;
  run_five(*f.ledger, "run-1");
  const auto everybody = [](const Run& run, const RowResult& row) {
    return run.id == "run-1" && !row.source.empty();
  };
  const Erasure erasure = f.ledger->erase_customer(our_store, customer(2), everybody, at(500));
  CHECK(erasure.texts == 1);
  const auto rows = rows_of(*f.ledger, "run-1");
  CHECK(rows[3].source == "words-of-customer-4");
  CHECK(rows[5].source.empty());
  CHECK(rows[5].outcome == Outcome::invalid);
}

TEST_CASE("who is not there is not erased, and leaves no trace") {
  Fixture f;
  run_five(*f.ledger, "run-1");
  CHECK(f.ledger->erase_customer(our_store, customer(77), nobody, at(500)).is_empty());
  f.ledger->erase_customer(our_store, customer(2), nobody, at(500));
  CHECK(f.ledger->erase_customer(our_store, customer(2), nobody, at(501)).is_empty());
  CHECK(verify(*f.ledger).erasures == 1);
  CHECK(f.ledger->erase_customer("another-store", customer(1), nobody, at(502)).is_empty());
}

TEST_CASE("a customer whom an open run still has to change is not erased") {
  Fixture f;
  open_run_of(*f.ledger, "run-1", {understood(2, 1), understood(3, 2)});
  CHECK_THROWS_WITH_AS(f.ledger->erase_customer(our_store, customer(2), nobody, at(500)),
                       doctest::Contains("Run run-1 is not finished"), LedgerError);
  CHECK(f.ledger->take_changes("run-1", {}, 10).size() == 2);
}
