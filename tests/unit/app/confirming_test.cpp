#include "run/confirming.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

using namespace consent_sync;
using namespace consent_sync::app;
using namespace std::chrono_literals;
using ledger::Mode;

namespace {

struct ConfirmingFixture {
  ConfirmingFixture() {
    char name[] = "/tmp/consent-sync-confirming-XXXXXX";
    directory = ::mkdtemp(name);
    ledger = ledger::open_ledger("sqlite:" + (directory / "ledger.db").string());
  }
  ~ConfirmingFixture() { std::filesystem::remove_all(directory); }

  void begin(const std::string& id, Mode mode = Mode::sync, const std::string& store = "shop",
             std::uint64_t put = 0) const {
    ledger::Run run;
    run.id = id;
    run.mode = mode;
    run.store = store;
    run.traffic.put = put;
    ledger->begin_run(run);
  }
  void commit(const std::string& id) const {
    ledger->commit_plan(id);
    ledger->end_run(id, 0, "", {});
  }

  std::filesystem::path directory;
  std::unique_ptr<ledger::Ledger> ledger;
};

}  // namespace

TEST_CASE("a sync is the first of its store until one was planned to the end, or sent anything") {
  ConfirmingFixture f;
  CHECK(is_first_sync(*f.ledger, "shop"));
  f.begin("refused");
  CHECK(is_first_sync(*f.ledger, "shop"));
  f.ledger->abandon_run("refused");
  CHECK(is_first_sync(*f.ledger, "shop"));
  f.begin("dry", Mode::dry_run);
  f.commit("dry");
  f.begin("elsewhere", Mode::sync, "other shop");
  f.commit("elsewhere");
  CHECK(is_first_sync(*f.ledger, "shop"));
  SUBCASE("finished") {
    f.begin("whole");
    f.commit("whole");
  }
  SUBCASE("open: it will be resumed") {
    f.begin("open");
    f.ledger->commit_plan("open");
  }
  SUBCASE("abandoned, and it had sent something") {
    f.begin("left", Mode::sync, "shop", 3);
    f.ledger->abandon_run("left");
  }
  CHECK_FALSE(is_first_sync(*f.ledger, "shop"));
}

TEST_CASE("whoever is asked sees the store, the changes by kind, and what they cost") {
  ledger::Run run;
  run.store = "shop";
  run.api_url = "https://api.example";
  plan::PlanTotals totals;
  totals.rows = 13'000;
  totals.changes = 12'000;
  totals.withdrawals = 2000;
  totals.grants = 10'500;
  ledger::Forecast forecast;
  forecast.requests = 12'000;
  forecast.duration = 44min;
  forecast.quota = 150;
  forecast.window = 30s;
  forecast.share = 0.9;
  CHECK(describe_first_run(run, totals, forecast) ==
        "This is the first run for store shop (https://api.example).\n"
        "  changes           12,000  of 13,000 rows\n"
        "  withdrawals        2,000  take a consent away\n"
        "  grants            10,500  grant one (some may do both)\n"
        "  requests          12,000, about 44 m 00 s at 0.9 of 150 requests in 30 s");
}
