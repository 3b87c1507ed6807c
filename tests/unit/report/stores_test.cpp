#include <doctest/doctest.h>

#include <csignal>
#include <string>

#include <consent_sync/report/stores.hpp>

#include "contains.hpp"
#include "report_fixture.hpp"

using namespace consent_sync;
using namespace consent_sync::report;
using End = StoreResult::End;
using test::contains;

namespace {

StoreResult with_run(const std::string& store, int exit_code, std::uint64_t applied, std::uint64_t failed) {
  StoreResult result;
  result.store = store;
  result.end = End::exited;
  result.exit_code = exit_code;
  result.duration = std::chrono::seconds{65};
  StoreRun run;
  run.id = "20261124T050000Z-3f9ac2";
  run.directory = "out/" + store + "/" + run.id;
  run.verdict = "A verdict.";
  run.outcomes[consent::Outcome::applied] = applied;
  run.outcomes[consent::Outcome::failed] = failed;
  run.changes = {applied + failed, applied, failed};
  run.put = applied + failed;
  result.run = run;
  return result;
}

StoreResult without_run(const std::string& store, int exit_code, const std::string& reason) {
  StoreResult result;
  result.store = store;
  result.end = End::exited;
  result.exit_code = exit_code;
  result.reason = reason;
  return result;
}

StoresResult whole_of(std::vector<StoreResult> stores, int exit_code) {
  StoresResult whole;
  whole.id = "20261124T045959Z-aaaaaa";
  whole.tool_version = "1.2.3";
  whole.started_at = at("2026-11-24T04:59:59Z");
  whole.ended_at = at("2026-11-24T05:01:30Z");
  whole.exit_code = exit_code;
  whole.stores = std::move(stores);
  return whole;
}

/// The text of one file of the report.
std::string written(const StoresResult& whole, const std::string& name) {
  const TemporaryDirectory directory;
  return read_file(write_stores_report(whole, directory.path()) / name);
}

}  // namespace

TEST_CASE("stores that all ended well are told in a sentence and a table") {
  const std::string text =
      stores_text(whole_of({with_run("abc", 0, 1200, 0), with_run("defgh", 0, 34, 0)}, 0));
  CHECK(contains(text, "All 2 stores ended well: 1,234 changes were confirmed.\n"));
  CHECK(contains(text, "  abc       ended well            1,200           0       1,200   1 min 5 s\n"));
  CHECK(contains(text, "  together                        1,234           0       1,234   1 min 31 s\n"));
}

TEST_CASE("how each store stands") {
  CHECK(status_of(with_run("a", 0, 1, 0)) == StoreStatus::ok);
  CHECK(status_of(with_run("a", 1, 1, 1)) == StoreStatus::problems);
  CHECK(status_of(with_run("a", 10, 1, 1)) == StoreStatus::defect);
  for (const int code : {2, 3, 4, 5, 6, 7, 8, 130, 143}) {
    CHECK(status_of(without_run("a", code, "")) == StoreStatus::stopped);
  }
  StoreResult died = with_run("a", 0, 1, 0);
  died.end = End::killed;
  CHECK(status_of(died) == StoreStatus::died);
  CHECK(status_of(StoreResult{}) == StoreStatus::not_started);
}

TEST_CASE("what is wrong with which store is told in words") {
  StoreResult died;
  died.store = "dead";
  died.end = End::killed;
  died.signal = SIGKILL;
  StoreResult waiting;
  waiting.store = "late";
  const std::string text = stores_text(whole_of(
      {died, without_run("noo", 2, "there is no access token"), waiting, with_run("abc", 1, 3, 1)}, 6));
  CHECK(contains(
      text,
      "1 store was not started; 1 store's process died; 1 store stopped before its end; 1 store has rows "
      "that need attention."));
  CHECK(contains(text, "the same command goes on where each store stopped"));
  CHECK(contains(text, "  dead: Its process was ended by signal 9.\n"));
  CHECK(contains(text, "  noo: There is no access token.\n"));
  CHECK(contains(text, "  noo       not finished              -           -           -"));
}

TEST_CASE("a defect of one store is the headline's and the page's") {
  const StoresResult whole = whole_of({with_run("abc", 10, 3, 1), with_run("def", 0, 3, 0)}, 10);
  CHECK(contains(stores_text(whole), "1 store met a defect of consent-sync; 1 store ended well."));
  CHECK(contains(written(whole, "stores.html"), "Do not rely on this"));
}

TEST_CASE("a dry run and an audit are told as such") {
  StoresResult whole = whole_of({with_run("abc", 0, 3, 0), with_run("def", 0, 4, 0)}, 0);
  whole.stores[0].run->outcomes[consent::Outcome::would_apply] = 7;
  whole.mode = ledger::Mode::dry_run;
  CHECK(contains(stores_text(whole),
                 "Dry run, nothing was sent: all stores can be brought in line, with 7 changes."));
  whole.mode = ledger::Mode::audit;
  CHECK(contains(stores_text(whole), "All 2 stores hold what the input says."));
}

TEST_CASE("a line for each store, and what spreadsheets would run is inert") {
  const std::string csv =
      written(whole_of({without_run("xyz", 2, "=1+1"), with_run("abc", 1, 3, 1)}, 2), "stores.csv");
  const std::vector<std::string> lines = lines_of(csv);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] ==
        "store,status,exit_code,signal,duration_s,run_id,rows,ok,problems,unfinished,applied,changes,"
        "withdrawing,granting,put,get,throttled,story,report");
  CHECK(lines[1] == "xyz,stopped,2,,0.000,,,,,,,,,,,,,'=1+1.,");
  CHECK(
      contains(lines[2], "abc,problems,1,,65.000,20261124T050000Z-3f9ac2,4,3,1,0,3,4,3,1,4,0,0,A verdict."));
}

TEST_CASE("the page escapes what comes from elsewhere, and leads to each report") {
  const TemporaryDirectory directory;
  StoresResult whole =
      whole_of({without_run("xyz", 2, "<script>alert(1)</script>"), with_run("abc", 0, 3, 0)}, 2);
  whole.stores[1].run->directory = directory.path() / "abc" / "20261124T050000Z-3f9ac2";
  const std::string page = read_file(write_stores_report(whole, directory.path()) / "stores.html");
  CHECK(contains(page, "<a href=\"../abc/20261124T050000Z-3f9ac2/report.html\">abc</a>"));
  CHECK_FALSE(contains(page, "<script"));
  CHECK(contains(page, "1 store left no report of a run: of its rows"));
  whole.stores.push_back(without_run("uvw", 2, ""));
  CHECK(contains(written(whole, "stores.html"), "2 stores left no report of a run: of their rows"));
  CHECK(contains(page, "<td class=\"n none\" data-label=\"Not reached\">–</td>"));
  CHECK(contains(page, "<td class=\"n\" data-label=\"Applied\">3</td>"));
}

TEST_CASE("the sums of the whole are those of its stores") {
  const std::string json =
      written(whole_of({with_run("abc", 0, 3, 0), with_run("def", 1, 4, 2), without_run("xyz", 2, "no")}, 2),
              "stores.json");
  CHECK(contains(json, "\"rows\": 9,"));
  CHECK(contains(json, "\"applied\": 7,"));
  CHECK(contains(json, "\"stores_without_run\": 1,"));
  CHECK(contains(json, "\"run\": null"));
}
