#include <consent_sync/plan/duplicates.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "choices.hpp"

using namespace consent_sync::consent;
using namespace consent_sync::plan;
using namespace consent_sync::plan::test;
using Row = consent_sync::ledger::CustomerRows::Row;

namespace {

std::optional<Timestamp> at(int second) {
  return Timestamp(std::chrono::seconds(second));
}

/// Every list of one to four rows over three times (or none) and two choices, and one that decides less.
template <class Visit>
void for_every_list(Visit visit) {
  const std::array<std::optional<Timestamp>, 4> times{std::nullopt, at(1), at(2), at(3)};
  const std::array choices{all_allowed, only_essential, Choice::from_masks(1, 4).value()};
  for (std::size_t size = 1; size <= 4; ++size) {
    std::size_t lists = 1;
    for (std::size_t i = 0; i < size; ++i) lists *= 12;
    for (std::size_t code = 0; code < lists; ++code) {
      std::vector<Row> rows;
      for (std::size_t i = 0, rest = code; i < size; ++i, rest /= 12) {
        rows.push_back({static_cast<LineNumber>(i + 2), choices[rest % 3], times[rest / 3 % 4]});
      }
      visit(rows);
    }
  }
}

}  // namespace

TEST_CASE("there is either one winner or a contradiction, for every short list of rows") {
  for_every_list([](const std::vector<Row>& rows) {
    const Resolution resolution = resolve(rows);
    CHECK(resolution.winner.has_value() != resolution.contradiction.has_value());
  });
}

TEST_CASE("a winner is never older than another row, and is the last of the newest") {
  for_every_list([](const std::vector<Row>& rows) {
    const Resolution resolution = resolve(rows);
    if (!resolution.winner) return;
    const Row& winner = rows[*resolution.winner];
    for (const Row& row : rows) {
      CHECK(winner.decided_at >= row.decided_at);
      if (row.decided_at == winner.decided_at) CHECK(row.line <= winner.line);
    }
  });
}

TEST_CASE("a contradiction is two choices at one time, in what newer rows leave open") {
  for_every_list([](const std::vector<Row>& rows) {
    bool differ = false;
    for (const Row& a : rows) {
      for (const Row& b : rows) {
        if (!a.decided_at || a.decided_at != b.decided_at) continue;
        for (const Category category : all_categories) {
          const bool is_open = std::none_of(rows.begin(), rows.end(), [&](const Row& row) {
            return row.decided_at > a.decided_at &&
                   row.choice.of(category) != consent_sync::consent::Decision::unspecified;
          });
          differ |= is_open && a.choice.of(category) != b.choice.of(category);
        }
      }
    }
    CHECK(resolve(rows).contradiction.has_value() == differ);
  });
}

TEST_CASE("each category is as the newest row that decides it has it") {
  for_every_list([](std::vector<Row> rows) {
    const Resolution resolution = resolve(rows);
    if (!resolution.winner) return;
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row& one, const Row& other) { return one.decided_at < other.decided_at; });
    Choice night_after_night;
    for (const Row& row : rows) night_after_night = row.choice.or_else(night_after_night);
    CHECK(resolution.choice == night_after_night);
  });
}

TEST_CASE("a newer row that leaves a category open does not lose an older row's denial of it") {
  const Choice denies_analytics = Choice::from_masks(0, 4).value();
  const Choice denies_targeting = Choice::from_masks(0, 8).value();
  const std::vector<Row> rows{{2, denies_analytics, at(1)}, {3, denies_targeting, at(2)}};
  CHECK(resolve(rows).winner == 1);
  CHECK(resolve(rows).choice == Choice::from_masks(0, 12));
}

TEST_CASE("where every row has a time, the order of the input decides nothing about the choice") {
  for_every_list([](std::vector<Row> rows) {
    if (std::any_of(rows.begin(), rows.end(), [](const Row& row) { return !row.decided_at; })) return;
    const Resolution forward = resolve(rows);
    std::reverse(rows.begin(), rows.end());
    const Resolution backward = resolve(rows);
    CHECK(backward.winner.has_value() == forward.winner.has_value());
    CHECK(backward.choice == forward.choice);
  });
}

TEST_CASE("without any time the last row wins, also over a different choice") {
  const std::vector<Row> rows{{2, all_allowed, std::nullopt}, {3, only_essential, std::nullopt}};
  CHECK(resolve(rows).winner == 1);
}

TEST_CASE("a row with a time wins over later rows without") {
  const std::vector<Row> rows{{2, all_allowed, at(1)}, {3, only_essential, std::nullopt}};
  CHECK(resolve(rows).winner == 0);
}

TEST_CASE("a contradiction names both lines, and no older row is chosen instead") {
  const std::vector<Row> rows{{2, all_allowed, at(1)}, {3, only_essential, at(5)}, {4, all_allowed, at(5)}};
  const Resolution resolution = resolve(rows);
  REQUIRE(resolution.contradiction);
  CHECK(resolution.contradiction->first == 3);
  CHECK(resolution.contradiction->second == 4);
  CHECK_FALSE(resolution.winner);
}
