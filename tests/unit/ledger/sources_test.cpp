#include "sources.hpp"

#include <doctest/doctest.h>

#include "fixture.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

namespace {

// Some two hundred blocks: more than are read at a time.
constexpr LineNumber lines = 20'000;

std::string text_of(LineNumber line) {
  return std::to_string(line) + std::string(static_cast<std::size_t>(line % 300), 'x');
}

/// An open run with a change for every line, of customers in turn.
void open_long_run(Ledger& ledger, const RunId& id, std::int64_t customers) {
  std::vector<StagedRow> rows;
  for (LineNumber line = 2; line < lines + 2; ++line) {
    rows.push_back(understood(line, line % customers + 1));
    rows.back().source = text_of(line);
  }
  open_run_of(ledger, id, rows);
}

/// Ends every change that is taken as `outcome_of` says.
template <class OutcomeOf>
void end_all(Ledger& ledger, const RunId& id, OutcomeOf outcome_of) {
  std::vector<ChangeResult> results;
  for (const QueuedChange& queued : ledger.take_changes(id, {}, lines)) {
    const Outcome outcome = outcome_of(queued.change.line);
    if (outcome == Outcome::pending) continue;
    results.push_back(outcome == Outcome::applied ? applied(queued.change) : ended(queued.change, outcome));
  }
  ledger.record(id, results, Traffic{});
}

}  // namespace

TEST_CASE("sources come out of a block as they went in" * doctest::test_suite("file")) {
  const std::vector<std::pair<LineNumber, std::string>> sources{{5, "5,essential,"},
                                                                {6, std::string("a zero\0 within", 14)},
                                                                {9, ""},
                                                                {4'000'000'000, "\"two\nlines\""}};
  SourceBlock block(5);
  for (const auto& [line, text] : sources) block.add(line, text);
  SourceBlockReader reader(block.first_line(), block.bytes());
  for (const auto& [line, text] : sources) {
    REQUIRE(reader.next());
    CHECK(reader.line() == line);
    CHECK(reader.text() == text);
  }
  CHECK_FALSE(reader.next());
}

TEST_CASE("bytes that are no block of sources are found out" * doctest::test_suite("file")) {
  SourceBlock block(1);
  block.add(1, "1,essential,");
  for (std::size_t size = 1; size < block.bytes().size(); ++size) {
    SourceBlockReader reader(1, block.bytes().substr(0, size));
    CHECK_THROWS_AS(reader.next(), DatabaseError);
  }
}

TEST_CASE("of a long run the sources stay of the rows that are not well, and of no others") {
  Fixture fixture;
  Ledger& ledger = *fixture.ledger;
  open_long_run(ledger, "a", lines);
  const auto outcome_of = [](LineNumber line) {
    if (line > 15'000 && line < 18'000) return Outcome::applied;  // whole blocks of them
    return std::array{Outcome::applied, Outcome::rejected, Outcome::unchanged,
                      Outcome::pending}[static_cast<std::size_t>(line % 4)];
  };
  end_all(ledger, "a", outcome_of);
  ledger.end_run("a", 143, "stopped", at(1));

  LineNumber line = 1;
  for (const RowResult& row : rows_of(ledger, "a")) {
    CAPTURE(row.line);
    REQUIRE(row.line == ++line);
    const Outcome outcome = outcome_of(row.line);
    REQUIRE(row.outcome == outcome);
    const bool is_well = outcome == Outcome::applied || outcome == Outcome::unchanged;
    REQUIRE(row.source == (is_well ? "" : text_of(row.line)));
  }
  CHECK(line == lines + 1);

  SUBCASE("and when the run is taken up, what was still to come goes with it") {
    ledger.resume_run("a");
    end_all(ledger, "a", [](LineNumber) { return Outcome::applied; });
    ledger.end_run("a", 1, "", at(2));
    std::uint64_t kept = 0;
    for (const RowResult& row : rows_of(ledger, "a")) {
      REQUIRE(row.source == (row.outcome == Outcome::rejected ? text_of(row.line) : ""));
      kept += row.source.empty() ? 0 : 1;
    }
    CHECK(kept == ledger.counts("a")[Outcome::rejected]);
    CHECK(kept > 4000);
  }
}

TEST_CASE("a customer's texts are taken out of all the blocks that have some") {
  Fixture fixture;
  Ledger& ledger = *fixture.ledger;
  open_long_run(ledger, "a", 500);
  end_all(ledger, "a", [](LineNumber) { return Outcome::rejected; });
  ledger.end_run("a", 1, "", at(1));
  const Erasure done = ledger.erase_customer(our_store, customer(8), nobody, at(2));
  CHECK(done.texts == lines / 500);
  CHECK(done.rows == lines / 500);
  std::uint64_t kept = 0;
  for (const RowResult& row : rows_of(ledger, "a")) {
    REQUIRE(row.source == (row.line % 500 + 1 == 8 ? "" : text_of(row.line)));
    kept += row.source.empty() ? 0 : 1;
  }
  CHECK(kept == lines - lines / 500);
}
