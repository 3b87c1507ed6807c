#include <consent_sync/plan/limits.hpp>

#include <doctest/doctest.h>

#include "contains.hpp"

using namespace consent_sync::plan;
using consent_sync::test::mentions;

namespace {

PlanTotals thousand_rows() {
  PlanTotals t;
  t.rows = 1000;
  t.invalid = 30;
  t.customers = 900;
  t.changes = 300;
  t.withdrawals = 100;
  t.grants = 250;
  return t;
}

}  // namespace

TEST_CASE("without limits any plan passes, also an empty one") {
  CHECK_FALSE(exceeded(thousand_rows(), {}));
  CHECK_FALSE(exceeded({}, {}));
}

TEST_CASE("reaching a limit is allowed, going beyond it is not") {
  Limits limits;
  limits.max_changes = 300;
  limits.max_change_ratio = 300.0 / 900.0;
  limits.max_grants = 250;
  limits.max_invalid_ratio = 0.03;
  limits.min_rows = 1000;
  CHECK_FALSE(exceeded(thousand_rows(), limits));

  SUBCASE("changes") {
    limits.max_changes = 299;
    CHECK(mentions(exceeded(thousand_rows(), limits), "safety.max_changes is 299"));
  }
  SUBCASE("share of customers changed") {
    limits.max_change_ratio = 0.333;
    CHECK(mentions(exceeded(thousand_rows(), limits), "safety.max_change_ratio is 0.333"));
  }
  SUBCASE("grants") {
    limits.max_grants = 0;
    CHECK(mentions(exceeded(thousand_rows(), limits), "safety.max_grants is 0"));
  }
  SUBCASE("share of invalid rows") {
    limits.max_invalid_ratio = 0.0299;
    CHECK(mentions(exceeded(thousand_rows(), limits), "safety.max_invalid_ratio is 0.0299"));
  }
  SUBCASE("too few rows") {
    limits.min_rows = 1001;
    CHECK(mentions(exceeded(thousand_rows(), limits), "safety.min_rows is 1001"));
  }
}

TEST_CASE("the sentence says what was found, and which flag lets it pass") {
  Limits limits;
  limits.max_changes = 100;
  CHECK(exceeded(thousand_rows(), limits) ==
        "300 changes are planned, but safety.max_changes is 100 (if this is right, --safety-max-changes=300 "
        "lets it "
        "pass)");
}

TEST_CASE("beside other plans the sentence names the flag that keeps the limit for them") {
  Limits limits;
  limits.max_changes = 299;
  CHECK(mentions(exceeded(thousand_rows(), limits, "--only-store abc"),
                 "(if this is right, --only-store abc --safety-max-changes=300 lets it pass)"));
}

TEST_CASE("every exceeded limit is named, not only the first") {
  Limits limits;
  limits.max_changes = 100;
  limits.max_change_ratio = 0.1;
  limits.max_grants = 10;
  limits.max_invalid_ratio = 0.0;
  limits.min_rows = 5000;
  const auto sentence = exceeded(thousand_rows(), limits);
  for (const char* flag :
       {"--safety-max-changes=300", "--safety-max-change-ratio=0.3334", "--safety-max-grants=250",
        "--safety-max-invalid-ratio=0.03", "--safety-min-rows=1000"}) {
    CAPTURE(flag);
    CHECK(mentions(sentence, flag));
  }
}

TEST_CASE("the ratio that a sentence names does let the plan pass") {
  for (std::uint64_t customers = 1; customers < 400; ++customers) {
    PlanTotals t;
    t.customers = customers;
    t.changes = customers * 2 / 3;
    Limits limits;
    limits.max_change_ratio = 0.0;
    const auto sentence = exceeded(t, limits);
    if (!sentence) continue;
    const std::string flag = "--safety-max-change-ratio=";
    limits.max_change_ratio = std::stod(sentence->substr(sentence->find(flag) + flag.size()));
    CHECK_FALSE(exceeded(t, limits));
  }
}

TEST_CASE("of nothing no share is too large") {
  Limits limits;
  limits.max_change_ratio = 0;
  limits.max_invalid_ratio = 0;
  CHECK_FALSE(exceeded({}, limits));
}
