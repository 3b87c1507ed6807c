#include "queue.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "address_fixture.hpp"
#include "slot.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

namespace {

StoredChange waiting_at(QueuePosition position, std::int64_t id) {
  return {position, Change{line_of(position.line), customer(id), std::nullopt, all_allowed}, std::nullopt};
}

void check_same(const StoredChange& found, const StoredChange& expected) {
  CHECK(found.position == expected.position);
  CHECK(found.decided_at == expected.decided_at);
  CHECK(found.change.line == expected.change.line);
  CHECK(found.change.account == expected.change.account);
  CHECK(found.change.customer == expected.change.customer);
  CHECK(found.change.before == expected.change.before);
  CHECK(found.change.wanted == expected.change.wanted);
  CHECK(found.change.input == expected.change.input);
  CHECK(found.change.base.held == expected.change.base.held);
  CHECK(found.change.base.asked == expected.change.base.asked);
  CHECK(found.change.base.in_doubt == expected.change.base.in_doubt);
  CHECK(found.end == expected.end);
}

/// A run of so many changes, decided at random times or none, of which some take a consent away.
std::vector<StagedRow> changes_at_random(int count, std::mt19937_64& random) {
  std::vector<StagedRow> rows;
  for (int i = 0; i < count; ++i) {
    std::optional<Timestamp> decided_at;
    if (random() % 8 != 0) decided_at = at(static_cast<int>(random() % 1000));
    rows.push_back(understood(i + 2, i + 1, random() % 3 == 0 ? only_essential : all_allowed, decided_at));
  }
  return rows;
}

std::vector<LineNumber> lines_of(const std::vector<QueuedChange>& queue) {
  std::vector<LineNumber> lines;
  for (const QueuedChange& queued : queue) lines.push_back(queued.change.line);
  return lines;
}

}  // namespace

TEST_CASE("changes come out of a block of the queue as they went in" * doctest::test_suite("file")) {
  const Timestamp last_of_all =
      Timestamp(std::chrono::microseconds(std::numeric_limits<std::int64_t>::max()));
  const Timestamp nearly_first =
      Timestamp(std::chrono::microseconds(std::numeric_limits<std::int64_t>::min() + 1));
  std::vector<StoredChange> changes{
      waiting_at({1, Timestamp::min(), 2}, 1), waiting_at({1, Timestamp::min(), slot_of(2, 63)}, 2),
      waiting_at({1, nearly_first, 9}, std::numeric_limits<std::int64_t>::max()),
      waiting_at({1, at(7), slot_of(most_lines, 1)}, 4), waiting_at({1, last_of_all, 3}, 5)};
  for (StoredChange& change : changes) {
    change.change.account = account_of(change.position.line);
    if (change.position.decided_at != Timestamp::min()) change.decided_at = change.position.decided_at;
  }
  changes[1].decided_at = at(-2'000'000'000);  // told by its row, but of no weight in an old queue
  changes[2].change.before = only_essential;
  changes[2].change.base = {only_essential, all_allowed, true};
  changes[3].change.wanted = choice(0b0011, 0b0100);
  changes[1].end = {Outcome::pending, 502, 2, "sent, and may have been applied"};
  changes[3].end = {Outcome::applied, 200, 1, ""};
  changes[4].end = {Outcome::rejected, 422, 40'000, std::string(70'000, '\xFF')};
  ChangeBlock block;
  for (const StoredChange& change : changes) block.add(change);
  CHECK(block.waiting() == 3);
  CHECK(block.last() == changes.back().position);
  ChangeBlockReader reader(1, block.bytes());
  for (const StoredChange& expected : changes) {
    const std::optional<StoredChange> found = reader.next();
    REQUIRE(found);
    check_same(*found, expected);
  }
  CHECK_FALSE(reader.next());
}

TEST_CASE("bytes that are no block of the queue are found out" * doctest::test_suite("file")) {
  ChangeBlock block;
  block.add(waiting_at({0, at(1), 2}, 1));
  std::string no_such_outcome;
  {
    ChangeBlock ended;
    ended.add({{0, at(1), 2}, waiting_at({0, at(1), 2}, 1).change, at(1), {Outcome::applied, 200, 1, "r"}});
    no_such_outcome = ended.bytes();
    for (std::size_t size = 1; size < no_such_outcome.size(); ++size)
      CHECK_THROWS_AS(ChangeBlockReader(0, no_such_outcome.substr(0, size)).next(), DatabaseError);
    no_such_outcome[block.bytes().size()] = '\x7F';
    CHECK_THROWS_AS(ChangeBlockReader(0, no_such_outcome).next(), DatabaseError);
  }
  for (std::size_t size = 1; size < block.bytes().size(); ++size) {
    ChangeBlockReader reader(0, block.bytes().substr(0, size));
    CHECK_THROWS_AS(reader.next(), DatabaseError);
  }
  std::string wanted_nothing = block.bytes();
  wanted_nothing[wanted_nothing.size() - 4] = '\xFF';
  CHECK_THROWS_AS(ChangeBlockReader(0, wanted_nothing).next(), DatabaseError);
}

TEST_CASE("however a long queue is taken, ended and taken up again, what has not ended waits in its order") {
  const std::uint64_t seed = 20261130;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  Fixture fixture;
  const std::vector<StagedRow> rows = changes_at_random(3000, random);
  open_run_of(*fixture.ledger, "a", rows);
  std::vector<LineNumber> waiting = lines_of(fixture.ledger->take_changes("a", {}, rows.size()));
  REQUIRE(waiting.size() == rows.size());
  while (!waiting.empty()) {
    // A process of its own takes some, and ends some of these in whatever order.
    fixture.ledger = open_ledger(fixture.location);
    fixture.ledger->resume_run("a");
    QueuePosition position;
    std::vector<QueuedChange> taken;
    for (int pieces = 0; pieces < 3; ++pieces) {
      const auto more = fixture.ledger->take_changes("a", position, 1 + random() % 700);
      taken.insert(taken.end(), more.begin(), more.end());
      if (!more.empty()) position = more.back().position;
    }
    REQUIRE(lines_of(taken) ==
            std::vector(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(taken.size())));
    std::shuffle(taken.begin(), taken.end(), random);
    taken.erase(taken.begin() +
                    static_cast<std::ptrdiff_t>(std::max<std::size_t>(1, taken.size() * (random() % 4) / 3)),
                taken.end());
    for (std::size_t done = 0; done < taken.size();) {
      std::vector<ChangeResult> results;
      for (std::size_t n = 1 + random() % 300; n != 0 && done < taken.size(); --n, ++done) {
        results.push_back(applied(taken[done].change));
        std::erase(waiting, taken[done].change.line);
      }
      fixture.ledger->record("a", results, Traffic{});
      REQUIRE(fixture.ledger->queued("a").changes == waiting.size());
    }
  }
  CHECK(fixture.ledger->queued("a").withdrawals == 0);
  CHECK(fixture.ledger->counts("a")[Outcome::applied] == rows.size());
}

TEST_CASE("of rows that speak for several customers each waits in the order of the rows, over many blocks") {
  Fixture fixture;
  Ledger& ledger = *fixture.ledger;
  std::vector<StagedRow> rows;
  std::vector<AddressOwners> owners;
  for (LineNumber line = 2; line < 62; ++line) {
    const std::string email = "jo" + std::to_string(line) + "@example.com";
    rows.push_back(addressed(line, email));
    owners.push_back(owned(email, {3 * line, 3 * line + 1, 3 * line + 2}));
  }
  ledger.begin_run(make_run("run"));
  ledger.stage("run", rows);
  ledger.note_addresses("run", owners, at(1), {});
  identify_all(ledger, "run");
  std::vector<PlannedRow> plan;
  ledger.for_each_customer("run", [&](const CustomerRows& customer) {
    PlannedRow row = to_send(customer.rows[0].line, customer.customer.value(), std::nullopt, all_allowed);
    row.account = row.change->account = customer.rows[0].account;
    plan.push_back(row);
  });
  ledger.plan("run", plan);
  ledger.commit_plan("run");
  const std::vector<QueuedChange> taken = ledger.take_changes("run", {}, 1000);
  REQUIRE(taken.size() == 180);
  CHECK(std::is_sorted(taken.begin(), taken.end(), [](const auto& one, const auto& other) {
    return one.change.customer < other.change.customer;
  }));
  // Every seventh, from one end of the queue to the other.
  std::size_t left = taken.size();
  for (std::size_t first = 0; first < 7; ++first) {
    std::vector<ChangeResult> results;
    for (std::size_t n = first; n < taken.size(); n += 7) results.push_back(applied(taken[n].change));
    ledger.record("run", results, Traffic{});
    left -= results.size();
    CHECK(ledger.queued("run").changes == left);
    CHECK(ledger.take_changes("run", {}, 1000).size() == left);
  }
  CHECK(ledger.counts("run")[Outcome::applied] == 60);
}

TEST_CASE("a change that is recorded by whoever was not handed it leaves the queue") {
  Fixture fixture;
  open_run_of(
      *fixture.ledger, "a",
      {understood(2, 1), understood(3, 2, only_essential, at(5)), understood(4, 3, all_allowed, at(4))});
  const auto taken = fixture.ledger->take_changes("a", {}, 3);
  REQUIRE(taken.size() == 3);
  const auto another = open_ledger(fixture.location);
  for (const QueuedChange& queued : taken) {
    record_one(*another, "a", applied(queued.change));
    for (const QueuedChange& rest : another->take_changes("a", {}, 3))
      CHECK(rest.change.line != queued.change.line);
  }
  CHECK(another->queued("a").changes == 0);
  CHECK(another->counts("a")[Outcome::applied] == 3);
}

TEST_CASE("a block that makes no sense is told as damage of the ledger, whoever meets it" *
          doctest::test_suite("file")) {
  Fixture fixture;
  open_run_of(*fixture.ledger, "a", {understood(2, 1), understood(3, 2)});
  const auto damage = [&](const char* sql) {
    SQLite::Database(fixture.path, SQLite::OPEN_READWRITE).exec(sql);
  };
  const auto is_told = [](const auto& what) {
    try {
      what();
    } catch (const LedgerError& error) {
      return std::string(error.what()).find("damaged") != std::string::npos;
    }
    return false;
  };
  const auto taken = fixture.ledger->take_changes("a", {}, 2);
  record_one(*fixture.ledger, "a", applied(taken[0].change));
  damage("UPDATE source_block SET rows = x'ff'");
  CHECK(is_told([&] { fixture.ledger->end_run("a", 0, "", at(1)); }));
  CHECK(is_told([&] { rows_of(*fixture.ledger, "a"); }));
  CHECK(is_told([&] { fixture.ledger->erase_customer(our_store, customer(1), nobody, at(1)); }));
  damage("UPDATE change_block SET changes = x'ff'");
  CHECK(is_told([&] { fixture.ledger->take_changes("a", {}, 2); }));
  CHECK(is_told([&] { record_one(*fixture.ledger, "a", applied(taken[1].change)); }));
  CHECK(is_told([&] { fixture.ledger->resume_run("a"); }));
  CHECK(fixture.ledger->counts("a")[Outcome::applied] == 1);
}

TEST_CASE("whoever was handed out a change that is no longer there is told that the ledger is damaged" *
          doctest::test_suite("file")) {
  Fixture fixture;
  open_run_of(*fixture.ledger, "a", {understood(2, 1), understood(3, 2)});
  const auto taken = fixture.ledger->take_changes("a", {}, 2);
  SQLite::Database(fixture.path, SQLite::OPEN_READWRITE).exec("DELETE FROM change_block");
  try {
    record_one(*fixture.ledger, "a", applied(taken[0].change));
    FAIL("it was recorded");
  } catch (const LedgerError& error) {
    CHECK(std::string(error.what()).find("damaged") != std::string::npos);
  }
  CHECK(open_ledger(fixture.location)->counts("a")[Outcome::pending] == 2);
}
