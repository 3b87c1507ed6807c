#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <optional>
#include <random>
#include <sstream>

#include "faulty_files.hpp"
#include "life.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

namespace {

struct Way {
  Failure how;
  bool lasting;
};

constexpr std::array ways{Way{Failure::io_error, false}, Way{Failure::io_error, true},
                          Way{Failure::full, true}, Way{Failure::short_write, false},
                          Way{Failure::short_read, false}};

std::uint64_t operations_of_a_life() {
  FaultyFiles files;
  const TemporaryDirectory directory;
  Life(directory.file("ledger.db")).lead();
  return files.operations();
}

/// Of a hidden fault the life may go on untroubled: what SQLite can do without, it does without.
std::string message_of(Life& life) {
  try {
    life.lead();
  } catch (const LedgerError& error) {
    return error.what();
  }
  return {};
}

/// A run in a ledger that an earlier version left.
struct OldLedger {
  const char* fixture;
  const char* run;
  std::size_t rows;
};

std::string old_ledger(const TemporaryDirectory& directory, const std::string& fixture) {
  std::string path = directory.file("ledger.db");
  std::stringstream script;
  script << std::ifstream(std::string(FIXTURES) + "/" + fixture).rdbuf();
  SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(script.str());
  return path;
}

bool is_for_a_person(const std::string& message, const std::string& path) {
  return message.empty() || (message.find(path) != std::string::npos && message.ends_with("."));
}

/// Lives differ a little in how many operations they take: a checkpoint comes sooner or later.
bool may_be_beyond(std::uint64_t nth, std::uint64_t all) {
  return nth > all - all / 10;
}

}  // namespace

TEST_CASE("whichever operation on a file fails, the ledger says so, loses nothing, and goes on afterwards" *
          doctest::test_suite("file")) {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const std::uint64_t all = operations_of_a_life();
  REQUIRE(all > 300);
  std::uint64_t tried = 0;
  std::uint64_t told = 0;
  for (std::uint64_t nth = 1; nth <= all;
       nth += nth < 50 ? 1 : std::uniform_int_distribution(1U, 9U)(random)) {
    CAPTURE(nth);
    const Way& way = ways[std::uniform_int_distribution<std::size_t>(0, ways.size() - 1)(random)];
    CAPTURE(static_cast<int>(way.how));
    CAPTURE(way.lasting);
    FaultyFiles files;
    const TemporaryDirectory directory;
    const std::string path = directory.file("ledger.db");
    Life life(path);
    files.fail(nth, way.how, way.lasting);
    const std::string message = message_of(life);
    INFO(message);
    CHECK((files.has_failed() || may_be_beyond(nth, all)));
    CHECK(is_for_a_person(message, path));
    ++tried;
    told += message.empty() ? 0 : 1;
    files.heal();
    life.check_and_complete();
  }
  CHECK(told > tried / 2);
}

TEST_CASE("whatever the ledger has said is so is so after a power cut at any instant" *
          doctest::test_suite("file")) {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const std::uint64_t all = operations_of_a_life();
  for (int round = 0; round < 40; ++round) {
    const std::uint64_t nth = std::uniform_int_distribution<std::uint64_t>(1, all)(random);
    const auto unsynced = static_cast<FaultyFiles::Unsynced>(round % 3);
    CAPTURE(round);
    CAPTURE(nth);
    FaultyFiles files;
    const TemporaryDirectory before;
    const TemporaryDirectory after;
    Life life(before.file("ledger.db"));
    std::optional<Life> at_the_cut;
    files.cut_power(nth, unsynced, seed + static_cast<unsigned>(round), [&] { at_the_cut = life; });
    life.lead();
    if (!at_the_cut) {
      REQUIRE(may_be_beyond(nth, all));
      continue;
    }
    for (const auto& [path, content] : files.images()) {
      const std::string name = std::filesystem::path(path).filename().string();
      std::ofstream(after.file(name), std::ios::binary) << content;
    }
    at_the_cut->move_to(after.file("ledger.db"));
    at_the_cut->check_and_complete();
  }
}

TEST_CASE(
    "whichever operation fails while an old ledger is migrated, it is whole, and migrated the next time" *
    doctest::test_suite("file")) {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (const OldLedger& old : {OldLedger{"ledger_v1.sql", "20261124T082256Z-2ae363", 5},
                               OldLedger{"ledger_v4.sql", "20261124T120611Z-51fbd7", 6}}) {
    CAPTURE(old.fixture);
    bool has_failed = true;
    for (std::uint64_t nth = 1; has_failed; nth += std::uniform_int_distribution(1U, 3U)(random)) {
      CAPTURE(nth);
      FaultyFiles files;
      const TemporaryDirectory directory;
      const std::string path = old_ledger(directory, old.fixture);
      files.fail(nth, ways[nth % ways.size()].how, ways[nth % ways.size()].lasting);
      try {
        open_ledger("sqlite:" + path);
      } catch (const LedgerError& error) {
        CHECK(is_for_a_person(error.what(), path));
      }
      has_failed = files.has_failed();
      files.heal();
      CHECK(is_whole(path));
      const auto ledger = open_ledger("sqlite:" + path);
      CHECK(ledger->recount(old.run).total() == old.rows);
      CHECK(rows_of(*ledger, old.run).size() == old.rows);
    }
  }
}

TEST_CASE("an erasure that fails did not happen; one whose traces could not be overwritten says so" *
          doctest::test_suite("file")) {
  bool has_failed = true;
  int left_traces = 0;
  for (std::uint64_t nth = 1; has_failed; ++nth) {
    CAPTURE(nth);
    FaultyFiles files;
    Fixture f;
    open_run_of(*f.ledger, "run", {understood(2, 7)});
    record_one(*f.ledger, "run", applied(f.ledger->take_changes("run", {}, 1).at(0).change));
    f.ledger->end_run("run", 0, "", at(200));
    files.fail(nth, Failure::io_error, false);
    bool is_erased = true;
    try {
      const Erasure erasure = f.ledger->erase_customer("abc123", customer(7), nobody, at(300));
      CHECK(erasure.entries == 1);
      CHECK((erasure.traces.empty() || is_for_a_person(erasure.traces, f.path)));
      left_traces += erasure.traces.empty() ? 0 : 1;
    } catch (const LedgerError&) {
      is_erased = false;
    }
    has_failed = files.has_failed();
    files.heal();
    CHECK(f.ledger->confirmed("abc123", customer(7)).has_value() == !is_erased);
    CHECK(f.ledger->erase_customer("abc123", customer(7), nobody, at(300)).traces.empty());
  }
  CHECK(left_traces > 2);
}
