#include <consent_sync/plan/audit.hpp>

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>

#include "choices.hpp"
#include "temporary_ledger.hpp"

using namespace consent_sync;
using namespace consent_sync::plan;
using namespace consent_sync::plan::test;
using consent::Outcome;

namespace {

std::set<std::int64_t> drawn_of(std::int64_t customers, SampleSize size, std::uint64_t seed) {
  TemporaryLedger t;
  std::vector<ledger::StagedRow> rows;
  for (std::int64_t id = 1; id <= customers; ++id) rows.push_back(row(id + 1, id, all_allowed));
  t.stage("run", rows, ledger::Mode::audit);
  plan_audit(t.ledger(), "run", {}, size, seed);
  t.ledger().commit_plan("run");
  std::set<std::int64_t> drawn;
  for (const auto& queued : t.ledger().take_changes("run", {}, 1'000'000))
    drawn.insert(queued.change.customer.value());
  return drawn;
}

}  // namespace

TEST_CASE("an audit of all asks about the row that counts for each customer") {
  TemporaryLedger t;
  t.stage("run",
          {row(2, 1, all_allowed, 1), row(3, 1, only_essential, 2), row(4, 2, all_allowed, 1),
           row(5, 2, only_essential, 1), invalid(6)},
          ledger::Mode::audit);
  const ledger::Sample sample = plan_audit(t.ledger(), "run", {}, {}, 7);
  CHECK(sample.customers == 1);
  CHECK(sample.drawn == 1);
  const auto rows = t.rows("run");
  CHECK(rows[0].outcome == Outcome::superseded);
  CHECK(rows[1].outcome == Outcome::pending);
  CHECK(rows[2].outcome == Outcome::conflict);
  CHECK(rows[4].outcome == Outcome::invalid);
  t.ledger().commit_plan("run");
  CHECK(t.ledger().take_changes("run", {}, 10).at(0).change.wanted == only_essential);
  CHECK(t.ledger().find_run("run")->sample->drawn == 1);
}

TEST_CASE("an audit of the long form asks once for all rows of a customer, and not for one without a say") {
  Policy policy;
  policy.composition.emplace().parts = 1;
  policy.composition->recipes[static_cast<std::size_t>(consent::Category::analytics)].sources = {{0, false}};
  const auto part_row = [](consent::LineNumber line, std::int64_t customer, consent::Part part) {
    ledger::StagedRow staged = row(line, customer, part == 0 ? choice(0, 0b0100) : consent::Choice());
    staged.record->part = part;
    return staged;
  };
  ledger::StagedRow unreadable = invalid(6);
  unreadable.customer = consent::CustomerId::from(2).value();
  TemporaryLedger t;
  t.stage(
      "run",
      {part_row(2, 1, 0), part_row(3, 1, 0), part_row(4, 1, consent::no_part), part_row(5, 2, 0), unreadable},
      ledger::Mode::audit);
  CHECK(plan_audit(t.ledger(), "run", policy, {}, 7).drawn == 1);
  const auto rows = t.rows("run");
  CHECK(rows[0].outcome == Outcome::superseded);
  CHECK(rows[1].outcome == Outcome::pending);
  CHECK(rows[2].outcome == Outcome::not_sampled);
  CHECK(rows[3].outcome == Outcome::conflict);
  CHECK(rows[4].outcome == Outcome::invalid);
}

TEST_CASE("a sample has exactly the wanted size, and its seed decides whom it holds") {
  const auto drawn = drawn_of(500, {50, std::nullopt}, 1);
  CHECK(drawn.size() == 50);
  CHECK(drawn_of(500, {50, std::nullopt}, 1) == drawn);
  CHECK(drawn_of(500, {50, std::nullopt}, 2) != drawn);
  CHECK(drawn_of(500, {std::nullopt, 0.01}, 1).size() == 5);
  CHECK(drawn_of(501, {std::nullopt, 0.01}, 1).size() == 6);
  CHECK(drawn_of(10, {50, std::nullopt}, 1).size() == 10);
  CHECK(drawn_of(10, {0, std::nullopt}, 1).empty());
}

TEST_CASE("every customer has the same chance to be drawn") {
  std::map<std::int64_t, int> times;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    for (const std::int64_t id : drawn_of(10, {3, std::nullopt}, seed)) ++times[id];
  }
  for (std::int64_t id = 1; id <= 10; ++id) {
    CAPTURE(id);
    CHECK(times[id] > 55);  // 90 expected; the deviation is 8
    CHECK(times[id] < 125);
  }
}

TEST_CASE("an audit under unspecified=deny expects a deny where the input says nothing") {
  for (const Unspecified unspecified : {Unspecified::keep, Unspecified::deny}) {
    TemporaryLedger t;
    t.stage("run", {row(2, 1, choice(0b0001, 0b0010))}, ledger::Mode::audit);
    Policy policy;
    policy.unspecified = unspecified;
    plan_audit(t.ledger(), "run", policy, {}, 1);
    t.ledger().commit_plan("run");
    const auto expected = unspecified == Unspecified::deny ? choice(0b0001, 0b1110) : choice(0b0001, 0b0010);
    CHECK(t.ledger().take_changes("run", {}, 10).at(0).change.wanted == expected);
  }
}

TEST_CASE("an audit of more customers than are planned at once, and of none") {
  CHECK(drawn_of(5000, {}, 1).size() == 5000);
  CHECK(drawn_of(0, {}, 1).empty());
}
