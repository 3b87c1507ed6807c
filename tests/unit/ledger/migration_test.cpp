#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <sstream>

#include "evidence_hash.hpp"
#include "fixture.hpp"
#include "slot.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

namespace {

std::string ledger_of(const TemporaryDirectory& directory, const std::string& fixture) {
  const std::string path = directory.file("ledger.db");
  std::stringstream script;
  script << std::ifstream(std::string(FIXTURES) + "/" + fixture).rdbuf();
  SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(script.str());
  return "sqlite:" + path;
}

/// A ledger as version 1 left it: a finished sync, a finished dry run, and a sync that was stopped by a 401.
std::string ledger_of_version_1(const TemporaryDirectory& directory) {
  return ledger_of(directory, "ledger_v1.sql");
}

/// A ledger as version 4 left it: a sync of six withdrawals, each decided before the one above it, killed
/// when two were recorded (customers 1 and 2, lines 2 and 3) and three more were handed out (lines 4 to 6).
constexpr const char* version_4 = "ledger_v4.sql";
constexpr const char* killed = "20261124T120611Z-51fbd7";

/// A ledger as version 8 left it: two syncs, and customer 2 erased after them. Of the rows nothing was kept.
constexpr const char* version_8 = "ledger_v8.sql";

constexpr const char* finished = "20261124T082256Z-2ae363";
constexpr const char* dry = "20261124T082256Z-e49987";
constexpr const char* stopped = "20261124T082256Z-e76e49";

}  // namespace

TEST_CASE("a ledger of version 1 keeps its runs, their rows and what was confirmed" *
          doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const auto ledger = open_ledger(ledger_of_version_1(directory));
  CHECK(ledger->runs(10).size() == 3);
  const OutcomeCounts counts = ledger->counts(finished);
  CHECK(counts[Outcome::applied] == 2);
  CHECK(counts[Outcome::superseded] == 1);
  CHECK(counts[Outcome::invalid] == 1);
  CHECK(counts[Outcome::failed] == 1);
  const auto rows = rows_of(*ledger, finished);
  REQUIRE(rows.size() == 5);
  CHECK(rows[1].outcome == Outcome::applied);
  CHECK(rows[1].after == choice(0b0101, 0b1010));
  CHECK(rows[2].outcome == Outcome::invalid);
  CHECK(rows[2].source == "x,essential,");
  CHECK(rows[3].source == "4,essential,analytics");
  CHECK(ledger->change_counts(dry).changes == 1);
  CHECK(ledger->find_run(dry)->plan.empty());
  CHECK_FALSE(ledger->find_run(dry)->forecast);
  CHECK(ledger->confirmed("sandbox", customer(1)) == only_essential);
}

TEST_CASE("a run that version 1 left open is taken up, and its queue goes on as it was planned" *
          doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const auto ledger = open_ledger(ledger_of_version_1(directory));
  REQUIRE(ledger->open_run("sandbox", Mode::sync)->id == stopped);
  const std::uint64_t pending = ledger->counts(stopped)[Outcome::pending];
  ledger->resume_run(stopped);
  const auto queue = ledger->take_changes(stopped, {}, 10);
  CHECK(queue.size() == pending);
  for (const auto& queued : queue) {
    CHECK(queued.change.input == queued.change.wanted);
    CHECK(queued.change.base.held == queued.change.before);
    record_one(*ledger, stopped, applied(queued.change));
  }
  ledger->end_run(stopped, 0, "", at(2));
  CHECK(ledger->find_run(stopped)->state == RunState::finished);
  CHECK(ledger->counts(stopped)[Outcome::pending] == 0);
}

TEST_CASE("a queue of version 4 keeps its order, and what of it was handed out stays so" *
          doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const auto ledger = open_ledger(ledger_of(directory, version_4));
  CHECK(ledger->queued(killed).withdrawals == 4);
  ledger->resume_run(killed);
  const auto queue = ledger->take_changes(killed, {}, 10);
  REQUIRE(queue.size() == 4);
  for (std::size_t i = 0; i < queue.size(); ++i) {
    CHECK(queue[i].change.line == static_cast<LineNumber>(i) + 4);
    CHECK(queue[i].may_have_been_sent == (queue[i].change.line <= 6));
  }
  record_one(*ledger, killed, applied(queue[1].change));
  const auto left = ledger->take_changes(killed, {}, 10);
  REQUIRE(left.size() == 3);
  CHECK(left[1].change.line == 6);
  for (const auto& queued : left) record_one(*ledger, killed, applied(queued.change));
  CHECK(ledger->take_changes(killed, {}, 10).empty());
  ledger->end_run(killed, 0, "", at(2));
  CHECK(ledger->find_run(killed)->state == RunState::finished);
}

TEST_CASE(
    "a queue with several customers of a row, who lay apart, is put in the order of the rows, and all may "
    "have been sent" *
    doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const std::string location = ledger_of(directory, version_4);
  for (const LineNumber line : {4, 6}) {
    SQLite::Database database(directory.file("ledger.db"), SQLite::OPEN_READWRITE);
    SQLite::Statement add(
        database,
        "INSERT INTO queue SELECT run, rank, ?, ?, before, wanted, input, base_held, base_asked, "
        "base_in_doubt FROM queue WHERE line = ?");
    add.bind(1, slot_of(line, 1));
    add.bind(2, 100 + line);
    add.bind(3, line);
    add.exec();
  }
  const auto ledger = open_ledger(location);
  const auto queue = ledger->take_changes(killed, {}, 10);
  std::vector<std::int64_t> slots;
  for (const auto& queued : queue) {
    slots.push_back(queued.position.line);
    CHECK(queued.may_have_been_sent);
  }
  CHECK(slots == std::vector<std::int64_t>{4, slot_of(4, 1), 5, 6, slot_of(6, 1), 7});
  for (const auto& queued : queue) record_one(*ledger, killed, applied(queued.change));
  CHECK(ledger->queued(killed).changes == 0);
}

TEST_CASE("a ledger is migrated once, and a new plan goes into it beside the old ones" *
          doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const std::string location = ledger_of_version_1(directory);
  open_ledger(location);
  const auto ledger = open_ledger(location);
  ledger->abandon_run(stopped);
  open_run_of(*ledger, "new", {understood(2, 2), not_understood(3, "x")}, "sandbox");
  CHECK(ledger->counts("new").total() == 2);
  CHECK(rows_of(*ledger, finished).size() == 5);
}

TEST_CASE("evidence of version 1 becomes a chain that can be verified, with the facts of its runs" *
          doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const auto ledger = open_ledger(ledger_of_version_1(directory));
  EvidenceVerifier verifier("sandbox");
  std::vector<EvidenceEntry> entries;
  const auto history = ledger->read_evidence("sandbox", {});
  while (const EvidenceEntry* entry = history->next()) {
    verifier.check(*entry);
    entries.push_back(*entry);
  }
  const auto verdict = verifier.finish();
  CHECK(verdict.findings.empty());
  REQUIRE(entries.size() == 4);
  CHECK(entries[2].customer == customer(1));
  CHECK(entries[2].before == Choice::from_code(195));
  CHECK(entries[2].after == Choice::from_code(225));
  CHECK(entries[2].run == stopped);
  CHECK(entries[2].line == 2);
  CHECK(entries[2].input_sha256 == ledger->find_run(stopped)->input.sha256);
}

TEST_CASE("the chain of version 8 still holds, and goes on" * doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const auto ledger = open_ledger(ledger_of(directory, version_8));
  const Run second = ledger->find_run("20261130T083351Z-f88518").value();
  REQUIRE(second.evidence);
  open_run_of(*ledger, "new", {understood(2, 3)}, "sandbox");
  record_one(*ledger, "new", applied(ledger->take_changes("new", {}, 10).at(0).change));

  EvidenceVerifier verifier("sandbox");
  verifier.expect(*second.evidence, second.id);
  verifier.expect({7, from_hex("c177c1637dd0911b946741b0b448c4c61c8e790ab50e0578495e4ec35c9569e9")},
                  "the program");
  std::vector<EvidenceEntry> entries;
  const auto history = ledger->read_evidence("sandbox", {});
  while (const EvidenceEntry* entry = history->next()) {
    verifier.check(*entry);
    entries.push_back(*entry);
  }
  const auto verdict = verifier.finish();
  CHECK(verdict.findings.empty());
  CHECK(verdict.erased == 1);
  REQUIRE(entries.size() == 8);
  CHECK(entries[0].is_erased);
  CHECK(entries[2].customer == customer(1));
  CHECK(entries[2].decided_at == Timestamp(std::chrono::seconds(1767323045)));
  CHECK(entries[4].run == second.id);
  CHECK(entries[4].correlation_id == second.correlation_id);
  CHECK(entries[6].erases == std::vector<std::uint64_t>{1});
  CHECK(entries[7].run == "new");
}
