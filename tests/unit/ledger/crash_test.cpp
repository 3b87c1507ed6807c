#include <doctest/doctest.h>
#include <sys/wait.h>

#include <csignal>

#include "fixture.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

namespace {

/// Runs `work` in a process of its own that is then killed, with no chance to tidy up.
template <class Work>
void in_process_that_is_killed(Work work) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    try {
      work();
      ::kill(::getpid(), SIGKILL);
    } catch (...) {
    }
    ::_exit(1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
}

/// What a crash at this moment would leave: the files as they are on disk, without the owner's knowledge.
std::unique_ptr<Ledger> reopened_copy(const Fixture& f, const TemporaryDirectory& directory, int number) {
  const std::string copy = directory.file("copy-" + std::to_string(number) + ".db");
  std::filesystem::copy_file(f.path, copy);
  if (std::filesystem::exists(f.path + "-wal")) std::filesystem::copy_file(f.path + "-wal", copy + "-wal");
  return open_ledger("sqlite:" + copy);
}

}  // namespace

TEST_CASE("whatever a function has written is there after the process is killed" *
          doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const std::string location = "sqlite:" + directory.file("ledger.db");
  in_process_that_is_killed([&] {
    const auto ledger = open_ledger(location);
    open_run_of(*ledger, "run-1", {understood(2, 7, only_essential), understood(3, 8, only_essential)});
    record_one(*ledger, "run-1", applied(ledger->take_changes("run-1", {}, 10).at(0).change));
  });
  const auto ledger = open_ledger(location);
  CHECK(ledger->open_run("abc123", Mode::sync)->id == "run-1");
  CHECK(ledger->counts("run-1")[Outcome::applied] == 1);
  CHECK(ledger->confirmed("abc123", customer(7)) == only_essential);
  const auto left = ledger->take_changes("run-1", {}, 10);
  REQUIRE(left.size() == 1);
  CHECK(left[0].change.line == 3);
}

TEST_CASE("a run killed while staging is found staging, and can be discarded" * doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const std::string location = "sqlite:" + directory.file("ledger.db");
  in_process_that_is_killed([&] {
    const auto ledger = open_ledger(location);
    ledger->begin_run(make_run("run-1"));
    ledger->stage("run-1", std::vector{understood(2, 7)});
  });
  const auto ledger = open_ledger(location);
  CHECK(ledger->find_run("run-1")->state == RunState::staging);
  ledger->discard_staging("abc123", "");
  CHECK_FALSE(ledger->find_run("run-1"));
}

TEST_CASE("the files copied after any step are a whole ledger of that moment" * doctest::test_suite("file")) {
  Fixture f;
  TemporaryDirectory copies;
  std::vector<StagedRow> staged;
  for (LineNumber line = 2; line < 302; ++line) staged.push_back(understood(line, line));
  open_run_of(*f.ledger, "run-1", staged);
  int copy = 0;
  for (const auto& queued : f.ledger->take_changes("run-1", {}, 300)) {
    record_one(*f.ledger, "run-1", applied(queued.change));
    if (queued.change.line % 30 != 0) continue;
    const auto ledger = reopened_copy(f, copies, ++copy);
    const auto done = static_cast<std::uint64_t>(queued.change.line - 1);
    CHECK(ledger->counts("run-1")[Outcome::applied] == done);
    CHECK(ledger->counts("run-1").total() == 300);
    CHECK(ledger->take_changes("run-1", {}, 1000).size() == 300 - done);
    CHECK(ledger->confirmed("abc123", customer(queued.change.line)) == all_allowed);
    CHECK_FALSE(ledger->confirmed("abc123", customer(queued.change.line + 1)));
  }
  CHECK(copy == 10);
}
