#include <doctest/doctest.h>

#include "commands/runs_table.hpp"
#include "two_o_clock.hpp"

using namespace consent_sync;
using namespace consent_sync::app;
using namespace std::chrono_literals;
using app::test::two_o_clock;
using consent::Outcome;
using ledger::RunState;

namespace {

ListedRun nightly(const std::string& id, std::uint64_t rows, std::uint64_t changes, std::uint64_t problems,
                  std::chrono::seconds duration) {
  ListedRun listed;
  listed.run.id = id;
  listed.run.store = "abc123";
  listed.run.state = RunState::finished;
  listed.run.started_at = two_o_clock;
  listed.run.ended_at = two_o_clock + duration;
  listed.run.exit_code = problems == 0 ? 0 : 1;
  listed.rows[Outcome::unchanged] = rows - problems;
  listed.rows[Outcome::not_found] = problems;
  listed.changes.changes = changes;
  return listed;
}

ListedRun in_state(RunState state, bool is_live, bool has_ended) {
  ListedRun listed = nightly("x", 1, 0, 0, 1s);
  listed.run.state = state;
  listed.is_live = is_live;
  if (!has_ended) listed.run.ended_at.reset();
  return listed;
}

}  // namespace

TEST_CASE("each run is compared with the finished one before it of its store and mode") {
  ListedRun dry_run = nightly("tuesday-dry", 5000, 0, 0, 1s);
  dry_run.run.mode = ledger::Mode::dry_run;
  const std::vector<ListedRun> runs{nightly("wednesday", 10200, 90, 5, 100s), dry_run,
                                    nightly("monday", 10000, 100, 2, 100s)};
  CHECK(runs_table(runs, 10, two_o_clock) ==
        "run          mode     store   state       rows      changes       problems     unfinished  duration "
        "   exit\n"
        "wednesday    sync     abc123  finished  10,200 +2%       90 -10%         5 +3           0  1 m 40 s "
        "=     1\n"
        "tuesday-dry  dry_run  abc123  finished   5,000            0              0              0       1 s "
        "      0\n"
        "monday       sync     abc123  finished  10,000          100              2              0  1 m 40 s "
        "      1\n");
}

TEST_CASE("the last run that is shown is compared with one that is not") {
  const std::vector<ListedRun> runs{nightly("b", 200, 1, 0, 1s), nightly("a", 100, 1, 0, 1s)};
  const std::string table = runs_table(runs, 1, two_o_clock);
  CHECK(table.find("+100%") != std::string::npos);
  CHECK(table.find("\na ") == std::string::npos);
}

TEST_CASE("trends: percent, then a multiple; of little there is none") {
  CHECK(trend(100, 102, 10) == "+2%");
  CHECK(trend(100, 90, 10) == "-10%");
  CHECK(trend(100, 100, 10) == "=");
  CHECK(trend(10000, 10001, 10) == "=");
  CHECK(trend(100, 1200, 10) == "x12");
  CHECK(trend(0, 500, 10).empty());
  CHECK(trend(0, 0, 10) == "=");
  CHECK(trend(500, 9, 10).empty());
  CHECK(trend(500, 10, 10) == "-98%");
}

TEST_CASE("what is unfinished stands first, and what is not shown stays out") {
  ListedRun stopped = nightly("stopped", 100, 20, 0, 10s);
  stopped.run.state = RunState::open;
  const std::string table = runs_table({nightly("newest", 100, 20, 0, 10s), nightly("newer", 100, 20, 0, 10s),
                                        stopped, nightly("oldest", 100, 20, 0, 10s)},
                                       3, two_o_clock);
  CHECK(table.find("\nstopped") < table.find("\nnewest"));
  CHECK(table.find("\nnewest") < table.find("\nnewer"));
  CHECK(table.find("oldest") == std::string::npos);
}

TEST_CASE("a run that takes another back is compared with none that does not") {
  std::vector<ListedRun> runs{nightly("undo", 200, 20, 0, 10s), nightly("sync", 100, 20, 0, 10s)};
  CHECK(runs_table(runs, 1, two_o_clock).find("+100%") != std::string::npos);
  runs[0].run.undoes = "sync";
  CHECK(runs_table(runs, 1, two_o_clock).find('%') == std::string::npos);
}

TEST_CASE("a run that somebody is at work on is told apart from one that died and one that was stopped") {
  CHECK(state_word(in_state(RunState::open, true, false)) == "running");
  CHECK(state_word(in_state(RunState::open, false, false)) == "died");
  CHECK(state_word(in_state(RunState::open, false, true)) == "stopped");
  CHECK(state_word(in_state(RunState::staging, true, false)) == "reading");
  CHECK(state_word(in_state(RunState::staging, false, false)) == "died");
  CHECK(state_word(in_state(RunState::finished, false, true)) == "finished");
  CHECK(state_word(in_state(RunState::abandoned, false, true)) == "abandoned");
  ListedRun refused = in_state(RunState::abandoned, false, true);
  refused.run.exit_code = 3;
  CHECK(state_word(refused) == "refused");
}

TEST_CASE("the time that a live run has taken so far is told, that of a dead one is not known") {
  CHECK(runs_table({in_state(RunState::open, true, false)}, 1, two_o_clock + 1h).find("1 h 00 m") !=
        std::string::npos);
  CHECK(runs_table({in_state(RunState::open, false, false)}, 1, two_o_clock + 1h).find(" h ") ==
        std::string::npos);
}
