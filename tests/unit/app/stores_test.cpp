#include <doctest/doctest.h>

#include <csignal>
#include <string>
#include <vector>

#include "stores/exit_code_of_whole.hpp"
#include "stores/relayed_lines.hpp"
#include "stores/run_of_store.hpp"
#include "stores/schedule.hpp"

using namespace consent_sync;
using namespace consent_sync::app;
using End = report::StoreResult::End;

namespace {

std::vector<std::size_t> start_all(Schedule& schedule) {
  std::vector<std::size_t> started;
  while (const auto store = schedule.start_next()) started.push_back(*store);
  return started;
}

using Stores = std::vector<std::size_t>;

report::StoreResult exited(const std::string& store, ExitCode code) {
  report::StoreResult result;
  result.store = store;
  result.end = End::exited;
  result.exit_code = static_cast<int>(code);
  return result;
}

report::StoreResult killed(const std::string& store, int signal) {
  report::StoreResult result;
  result.store = store;
  result.end = End::killed;
  result.signal = signal;
  return result;
}

std::string names(const std::vector<report::StoreResult>& stores) {
  std::string text;
  for (const report::StoreResult& result : stores) text += result.store;
  return text;
}

}  // namespace

TEST_CASE("so many stores are at work at a time, in their order") {
  Schedule schedule(5, 2);
  CHECK(start_all(schedule) == Stores{0, 1});
  CHECK(schedule.running() == Stores{0, 1});
  CHECK_FALSE(schedule.is_over());
}

TEST_CASE("a slow store keeps its own place and no other") {
  Schedule schedule(4, 2);
  start_all(schedule);
  for (const std::size_t quick : {1U, 2U, 3U}) {
    schedule.end(quick, ExitCode::ok);
    start_all(schedule);
  }
  CHECK(schedule.running() == Stores{0});
  CHECK(schedule.ended() == 3);
  schedule.end(0, ExitCode::ok);
  CHECK(schedule.is_over());
}

TEST_CASE("a store that there is no room for has its turn when another has ended") {
  Schedule schedule(5, 3);
  CHECK(start_all(schedule) == Stores{0, 1, 2});
  schedule.defer(2);
  CHECK(start_all(schedule).empty());
  schedule.end(0, ExitCode::ok);
  CHECK(start_all(schedule) == Stores{2});
}

TEST_CASE("once stopped none is started, and it is over when those at work have ended") {
  Schedule schedule(4, 2);
  start_all(schedule);
  schedule.stop();
  schedule.end(0, ExitCode::ok);
  CHECK(start_all(schedule).empty());
  CHECK_FALSE(schedule.is_over());
  schedule.end(1, ExitCode::ok);
  CHECK(schedule.is_over());
  CHECK(schedule.ended() == 2);
}

TEST_CASE("a schedule without stores is over") {
  CHECK(Schedule(0, 8).is_over());
}

TEST_CASE("the whole ends as the worst of its stores") {
  const auto whole = [](std::vector<ExitCode> codes) {
    report::StoresResult result;
    for (const ExitCode code : codes) result.stores.push_back(exited("s", code));
    return exit_code_of_whole(result, std::nullopt);
  };
  CHECK(whole({}) == ExitCode::ok);
  CHECK(whole({ExitCode::ok, ExitCode::ok}) == ExitCode::ok);
  const std::vector<ExitCode> order{
      ExitCode::ok,         ExitCode::problems,      ExitCode::interrupted,       ExitCode::terminated,
      ExitCode::store_held, ExitCode::deadline,      ExitCode::store_unavailable, ExitCode::safety_limit,
      ExitCode::usage,      ExitCode::store_refused, ExitCode::not_recorded,      ExitCode::defect};
  for (std::size_t worse = 1; worse < order.size(); ++worse) {
    for (std::size_t better = 0; better < worse; ++better) {
      CHECK(whole({order[better], order[worse]}) == order[worse]);
      CHECK(whole({order[worse], order[better]}) == order[worse]);
    }
  }
}

TEST_CASE("a job that was interrupted says so, unless a store met a defect") {
  report::StoresResult refused;
  refused.stores = {exited("a", ExitCode::store_refused), report::StoreResult{}};
  CHECK(exit_code_of_whole(refused, ExitCode::interrupted) == ExitCode::interrupted);
  CHECK(exit_code_of_whole(refused, ExitCode::terminated) == ExitCode::terminated);
  refused.stores.front() = exited("a", ExitCode::defect);
  CHECK(exit_code_of_whole(refused, ExitCode::interrupted) == ExitCode::defect);
}

TEST_CASE("rows of no store are a problem") {
  report::StoresResult whole;
  whole.stores = {exited("a", ExitCode::ok)};
  whole.strays = {{"in.csv", "xyz", 1}};
  CHECK(exit_code_of_whole(whole, std::nullopt) == ExitCode::problems);
  whole.stores = {exited("a", ExitCode::deadline)};
  CHECK(exit_code_of_whole(whole, std::nullopt) == ExitCode::deadline);
}

TEST_CASE("a process that was killed can be resumed; one that crashed is a defect") {
  CHECK(exit_code_of(killed("a", SIGKILL)) == ExitCode::not_recorded);
  CHECK(exit_code_of(killed("a", 0)) == ExitCode::not_recorded);
  CHECK(exit_code_of(killed("a", SIGTERM)) == ExitCode::terminated);
  CHECK(exit_code_of(killed("a", SIGINT)) == ExitCode::interrupted);
  CHECK(exit_code_of(killed("a", SIGSEGV)) == ExitCode::defect);
  CHECK(exit_code_of(exited("a", static_cast<ExitCode>(127))) == ExitCode::defect);
}

TEST_CASE("what needs a person comes first, the rest in its order") {
  std::vector<report::StoreResult> stores{exited("a", ExitCode::ok), exited("b", ExitCode::problems),
                                          exited("c", ExitCode::ok), killed("d", SIGKILL),
                                          exited("e", ExitCode::problems)};
  put_worst_first(stores);
  CHECK(names(stores) == "dbeac");
}

TEST_CASE("lines come whole, however they are cut") {
  const std::string text = "one\n\nthree\nfour";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    LineSplitter splitter;
    std::vector<std::string> lines;
    const auto note = [&](std::string_view line) { lines.emplace_back(line); };
    for (std::size_t at = 0; at < text.size(); at += piece) splitter.add(text.substr(at, piece), note);
    CHECK(lines == std::vector<std::string>{"one", "", "three"});
    splitter.finish(note);
    CHECK(lines.back() == "four");
  }
}

TEST_CASE("a line without an end is not kept for ever") {
  LineSplitter splitter;
  std::size_t seen = 0;
  const auto note = [&](std::string_view line) { seen += line.size(); };
  for (int i = 0; i < 100; ++i) splitter.add(std::string(4096, 'x'), note);
  splitter.finish(note);
  CHECK(seen == 100 * 4096);
}

TEST_CASE("a line is shown with its store") {
  CHECK(relayed("sending", "abc", 6, LogFormat::text) == "abc     sending");
  CHECK(relayed(R"({"time":"t"})", "abc", 6, LogFormat::json) == R"({"store":"abc","time":"t"})");
  CHECK(relayed("no JSON", "abc", 6, LogFormat::json) == "abc     no JSON");
}

TEST_CASE("the last word of a process is told from what it logs") {
  CHECK(last_word("consent-sync: there is no access token", LogFormat::text) == "there is no access token");
  CHECK(last_word("2026-11-24T05:00:00.000Z info: sending", LogFormat::text) == "");
  CHECK(last_word(R"({"time":"t","level":"critical","exit_code":2,"message":"no \"token\""})",
                  LogFormat::json) == "no \"token\"");
  CHECK(last_word(R"({"time":"t","level":"error","message":"x"})", LogFormat::json) == "");
  CHECK(last_word("not JSON", LogFormat::json) == "");
}

TEST_CASE("a run is read from its summary") {
  const std::string summary =
      R"({"run_id":"R","verdict":"V.","stop_reason":null,"outcomes":{"applied":3,"failed":1},
    "changes":{"planned":4,"withdrawing":1,"granting":3},"requests":{"put":5,"get":2,"retried":1,"throttled":0}})";
  const auto run = parse_summary(summary);
  REQUIRE(run);
  CHECK(run->id == "R");
  CHECK(run->verdict == "V.");
  CHECK(run->stop_reason.empty());
  CHECK(run->outcomes[consent::Outcome::applied] == 3);
  CHECK(run->outcomes.total() == 4);
  CHECK(run->changes.withdrawing == 1);
  CHECK(run->put == 5);
  CHECK(run->get == 2);
}

TEST_CASE("a summary that is not whole is none") {
  const std::string summary =
      R"({"run_id":"R","verdict":"V.","stop_reason":"S","outcomes":{"applied":3},"changes":{"planned":4,)"
      R"("withdrawing":1,"granting":3},"requests":{"put":5,"get":2,"throttled":0}})";
  REQUIRE(parse_summary(summary));
  CHECK(parse_summary(summary)->stop_reason == "S");
  for (std::size_t size = 0; size < summary.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(parse_summary(summary.substr(0, size)));
  }
  for (const std::string word :
       {"run_id", "verdict", "stop_reason", "outcomes", "applied", "changes", "planned", "put"}) {
    std::string other = summary;
    other.replace(other.find(word), word.size(), "other");
    CAPTURE(word);
    CHECK_FALSE(parse_summary(other));
  }
  CHECK_FALSE(parse_summary("[]"));
  CHECK_FALSE(read_run("/there/is/none"));
}
