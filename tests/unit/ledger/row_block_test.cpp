#include "row_block.hpp"

#include <doctest/doctest.h>

#include <random>

#include "fixture.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

namespace {

std::vector<RowResult> read_all(const RowBlock& block) {
  std::vector<RowResult> rows;
  RowBlockReader reader(block.first_line(), block.bytes());
  RowResult row;
  while (reader.next(row)) rows.push_back(row);
  return rows;
}

}  // namespace

TEST_CASE("rows of every outcome come out of a block as they went in" * doctest::test_suite("file")) {
  RowBlock block;
  std::vector<RowResult> rows;
  LineNumber line = 4'000'000'000;
  for (const Outcome outcome : consent_sync::consent::all_outcomes) {
    RowResult row;
    row.line = line;
    line += 1 + 1000 * (line % 3);
    row.outcome = outcome;
    if (outcome != Outcome::invalid) row.customer = customer(std::numeric_limits<std::int64_t>::max() - line);
    if (line % 2 == 0) row.before = only_essential;
    if (line % 3 == 0) row.after = all_allowed;
    if (outcome == Outcome::conflict) row.decided_at = at(-2'000'000'000);
    if (outcome == Outcome::superseded) row.reason = std::string("a reason\0with a zero", 20);
    rows.push_back(row);
    block.add(row);
  }
  const auto found = read_all(block);
  REQUIRE(found.size() == rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CAPTURE(i);
    CHECK(found[i].line == rows[i].line);
    CHECK(found[i].outcome == rows[i].outcome);
    CHECK(found[i].customer == rows[i].customer);
    CHECK(found[i].before == rows[i].before);
    CHECK(found[i].after == rows[i].after);
    CHECK(found[i].decided_at == rows[i].decided_at);
    CHECK(found[i].reason == rows[i].reason);
  }
}

TEST_CASE("a block that was cut off is told, not read beyond" * doctest::test_suite("file")) {
  RowBlock block;
  for (LineNumber line = 1; line < 20; ++line) {
    RowResult row;
    row.line = line;
    row.customer = customer(line * 100'000);
    row.reason = "because";
    block.add(row);
  }
  for (std::size_t size = 0; size < block.bytes().size(); ++size) {
    RowBlockReader reader(1, block.bytes().substr(0, size));
    RowResult row;
    try {
      while (reader.next(row)) CHECK(row.line < 20);
    } catch (const DatabaseError&) {
    }
  }
}
