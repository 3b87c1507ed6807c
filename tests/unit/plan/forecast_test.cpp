#include <consent_sync/plan/forecast.hpp>

#include <doctest/doctest.h>

using namespace consent_sync;
using namespace consent_sync::plan;
using namespace std::chrono_literals;

namespace {

PlanTotals totals() {
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
  CHECK(forecast(totals(), CheckStore::never, {}, {}).requests == 100);
  CHECK(forecast(totals(), CheckStore::changes, {}, {}).requests == 200);
  CHECK(forecast(totals(), CheckStore::all, {}, {}).requests == 1201);
  CHECK(forecast(totals(), CheckStore::never, {true, 0}, {}).requests == 105);
  CHECK(forecast(totals(), CheckStore::never, {false, 20}, {}).requests == 120);
  CHECK(forecast(totals(), CheckStore::never, {false, 2000}, {}).requests == 200);
}

TEST_CASE("the quota's share says how long that takes") {
  // 100 requests at 150 * 0.9 in 30 s.
  CHECK(forecast(totals(), CheckStore::never, {}, standard_plan()).duration == 22'222ms);
}

TEST_CASE("an own cap counts where it is the lower one") {
  Pace pace = standard_plan();
  pace.max_per_second = 2;
  CHECK(forecast(totals(), CheckStore::never, {}, pace).duration == 50s);
  pace.max_per_second = 2000;
  CHECK(forecast(totals(), CheckStore::never, {}, pace).duration == 22'222ms);
  pace.quota = 0;
  pace.max_per_second = 10;
  CHECK(forecast(totals(), CheckStore::never, {}, pace).duration == 10s);
}

TEST_CASE("without any limit the duration is not known") {
  CHECK(forecast(totals(), CheckStore::never, {}, {}).duration == 0s);
}
