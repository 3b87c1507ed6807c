#include <consent_sync/plan/planner.hpp>

#include <doctest/doctest.h>

#include "choices.hpp"

using namespace consent_sync::consent;
using namespace consent_sync::plan;
using namespace consent_sync::plan::test;
using namespace consent_sync::ledger;

namespace {

constexpr unsigned analytics = 0b0100;
constexpr unsigned targeting = 0b1000;

/// Part 0 feeds analytics; parts 1 and 2 feed targeting, which needs both.
Policy long_form(bool dry_run = false) {
  Composition composition;
  composition.parts = 3;
  composition.recipes[static_cast<std::size_t>(Category::analytics)].sources = {{0, false}};
  composition.recipes[static_cast<std::size_t>(Category::targeting)].sources = {{1, false}, {2, false}};
  Policy policy;
  policy.unspecified = Unspecified::omit;
  policy.dry_run = dry_run;
  policy.composition = composition;
  return policy;
}

CustomerRows::Row part_row(LineNumber line, Part part, Choice said,
                           std::optional<int> second = std::nullopt) {
  std::optional<Timestamp> decided_at;
  if (second) decided_at = Timestamp(std::chrono::seconds(*second));
  return {line, said, decided_at, part};
}

std::vector<PlannedRow> plan_rows(const std::vector<CustomerRows::Row>& rows,
                                  const Policy& policy = long_form()) {
  std::vector<PlannedRow> planned;
  plan_customer({CustomerId::from(7).value(), rows, {}, std::nullopt}, policy, planned);
  return planned;
}

}  // namespace

TEST_CASE("the rows of a customer make one change together, which the first of them carries") {
  const auto planned = plan_rows({part_row(2, 0, choice(analytics, 0)), part_row(5, 1, choice(targeting, 0)),
                                  part_row(9, 2, choice(0, targeting))});
  REQUIRE(planned.size() == 3);
  REQUIRE(planned[0].change);
  CHECK(planned[0].change->line == 2);
  CHECK(planned[0].change->wanted == choice(analytics, targeting));
  for (const PlannedRow& each : planned) CHECK(each.outcome == Outcome::pending);
  CHECK(planned[1].carried_by == 2);
  CHECK(planned[2].carried_by == 2);
  CHECK(planned[2].after == choice(analytics, targeting));
  CHECK_FALSE(planned[1].change);
}

TEST_CASE("in a dry run every row of such a choice would be applied") {
  const auto planned = plan_rows({part_row(2, 1, choice(targeting, 0)), part_row(3, 2, choice(targeting, 0))},
                                 long_form(true));
  REQUIRE(planned.size() == 2);
  for (const PlannedRow& each : planned) CHECK(each.outcome == Outcome::would_apply);
  CHECK_FALSE(planned[0].carried_by);
  CHECK(planned[1].carried_by == 2);
}

TEST_CASE("of several rows for one part the newest counts, whatever the other parts' times are") {
  const auto planned =
      plan_rows({part_row(2, 0, choice(0, analytics), 50), part_row(3, 0, choice(analytics, 0), 10),
                 part_row(4, 1, choice(0, targeting), 1)});
  CHECK(planned[0].change->wanted == choice(0, analytics | targeting));
  CHECK(planned[1].outcome == Outcome::superseded);
  CHECK(planned[1].reason == "line 2 counts for this customer");
  CHECK(planned[2].carried_by == 2);
}

TEST_CASE("where the store is known to hold the choice already, no row has a change to be carried by") {
  std::vector<PlannedRow> planned;
  plan_customer({CustomerId::from(7).value(),
                 {part_row(2, 0, choice(analytics, 0)), part_row(5, 1, choice(0, targeting))},
                 {choice(analytics, targeting), std::nullopt},
                 std::nullopt},
                long_form(), planned);
  REQUIRE(planned.size() == 2);
  for (const PlannedRow& each : planned) {
    CHECK(each.outcome == Outcome::unchanged);
    CHECK_FALSE(each.change);
    CHECK_FALSE(each.carried_by);
  }
}

TEST_CASE("a later word that a part is undecided takes back an earlier allow") {
  const auto planned = plan_rows({part_row(2, 0, choice(analytics, 0), 10), part_row(3, 0, Choice(), 20),
                                  part_row(4, 1, choice(0, targeting))});
  CHECK(planned[0].outcome == Outcome::superseded);
  CHECK(planned[1].change->wanted == choice(0, targeting));
}

TEST_CASE("a contradiction in one part is a conflict for every row of the customer") {
  for (const PlannedRow& each :
       plan_rows({part_row(2, 0, choice(analytics, 0), 10), part_row(3, 0, choice(0, analytics), 10),
                  part_row(4, 1, choice(0, targeting), 10)})) {
    CHECK(each.outcome == Outcome::conflict);
    CHECK_FALSE(each.change);
  }
}

TEST_CASE("an invalid row holds the customer's other rows back") {
  CustomerRows::Row invalid = part_row(3, 1, Choice());
  invalid.is_invalid = true;
  const auto planned = plan_rows({part_row(2, 0, choice(analytics, 0)), invalid});
  REQUIRE(planned.size() == 1);
  CHECK(planned[0].line == 2);
  CHECK(planned[0].outcome == Outcome::conflict);
  CHECK(planned[0].reason.find("line 3") != std::string::npos);
}

TEST_CASE(
    "rows that decide nothing together are invalid; a category that the mapping passes over has no say") {
  const auto planned = plan_rows({part_row(2, 1, choice(targeting, 0)), part_row(3, no_part, Choice())});
  CHECK(planned[0].outcome == Outcome::invalid);
  CHECK(planned[1].outcome == Outcome::unchanged);
  CHECK_FALSE(planned[1].reason.empty());
}
