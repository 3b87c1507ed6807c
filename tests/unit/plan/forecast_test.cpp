#include <consent_sync/plan/forecast.hpp>

#include <doctest/doctest.h>

using namespace consent_sync;
using namespace consent_sync::plan;
using namespace std::chrono_literals;

namespace {

PlanTotals hundred_changes() {
  PlanTotals totals;
  totals.customers = 1001;
  totals.changes = 100;
  return totals;
}

Pace standard_plan() {
  Pace pace;
  pace.quota = 150;
  pace.window = 30s;
  pace.share = 0.9;
  return pace;
}

}  // namespace

TEST_CASE("a plan costs a request a change, and what its questions cost") {
  CHECK(forecast(hundred_changes(), CheckStore::never, {}, {}).requests == 100);
  CHECK(forecast(hundred_changes(), CheckStore::changes, {}, {}).requests == 200);
  CHECK(forecast(hundred_changes(), CheckStore::all, {}, {}).requests == 1201);
  CHECK(forecast(hundred_changes(), CheckStore::never, {true, 0}, {}).requests == 105);
  CHECK(forecast(hundred_changes(), CheckStore::never, {false, 20}, {}).requests == 120);
  CHECK(forecast(hundred_changes(), CheckStore::never, {false, 2000}, {}).requests == 200);
}

TEST_CASE("the quota's share says how long that takes") {
  // 100 requests at 150 * 0.9 in 30 s.
  CHECK(forecast(hundred_changes(), CheckStore::never, {}, standard_plan()).duration == 22'222ms);
}

TEST_CASE("an own cap counts where it is the lower one") {
  Pace pace = standard_plan();
  pace.max_per_second = 2;
  CHECK(forecast(hundred_changes(), CheckStore::never, {}, pace).duration == 50s);
  pace.max_per_second = 2000;
  CHECK(forecast(hundred_changes(), CheckStore::never, {}, pace).duration == 22'222ms);
  pace.quota = 0;
  pace.max_per_second = 10;
  CHECK(forecast(hundred_changes(), CheckStore::never, {}, pace).duration == 10s);
}

TEST_CASE("without any limit the duration is not known") {
  CHECK(forecast(hundred_changes(), CheckStore::never, {}, {}).duration == 0s);
}

namespace {

/// 30 of 100 changes withdraw, and all of the others grant.
ledger::Lateness late(CheckStore check, const Questions& questions, std::chrono::seconds available) {
  PlanTotals planned = hundred_changes();
  planned.withdrawals = 30;
  planned.grants = 80;
  Pace one_a_second;
  one_a_second.max_per_second = 1;
  return late_after(planned, check, questions, one_a_second, available).value();
}

}  // namespace

TEST_CASE("what the time does not pay for is late, and of it the withdrawals, which go first") {
  CHECK(late(CheckStore::never, {}, 100s).changes == 0);
  CHECK(late(CheckStore::never, {}, 1h).changes == 0);
  CHECK(late(CheckStore::never, {}, 99s).changes == 1);
  CHECK(late(CheckStore::never, {}, 99s).withdrawals == 0);
  CHECK(late(CheckStore::never, {}, 30s).changes == 70);
  CHECK(late(CheckStore::never, {}, 30s).withdrawals == 0);
  CHECK(late(CheckStore::never, {}, 29s).withdrawals == 1);
  CHECK(late(CheckStore::never, {}, 0s).changes == 100);
  CHECK(late(CheckStore::never, {}, -5s).withdrawals == 30);
}

TEST_CASE(
    "questions take their time first, a checked change twice as much, and each of the canary one request "
    "more") {
  CHECK(late(CheckStore::changes, {}, 200s).changes == 0);
  CHECK(late(CheckStore::changes, {}, 21s).changes == 90);
  CHECK(late(CheckStore::all, {}, 1001s).changes == 100);
  CHECK(late(CheckStore::all, {}, 1003s).changes == 99);
  CHECK(late(CheckStore::never, {true, 0}, 5s).changes == 100);
  CHECK(late(CheckStore::never, {true, 0}, 6s).changes == 99);
  CHECK(late(CheckStore::never, {false, 10}, 19s).changes == 91);
  CHECK(late(CheckStore::never, {false, 10}, 25s).changes == 85);
  CHECK(late(CheckStore::changes, {false, 10}, 34s).changes == 88);
  CHECK(late(CheckStore::never, {false, 1000}, 200s).changes == 0);
}

TEST_CASE("without any limit there is no telling what is late") {
  CHECK_FALSE(late_after(hundred_changes(), CheckStore::never, {}, {}, 1s));
}

TEST_CASE("a quota of no time is none") {
  Pace pace = standard_plan();
  pace.window = 0s;
  CHECK(forecast(hundred_changes(), CheckStore::never, {}, pace).duration == 0s);
}
