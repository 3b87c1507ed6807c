#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <csignal>
#include <string>

#include <poll.h>
#include <unistd.h>

#include "exit_code.hpp"
#include "run/token.hpp"

using namespace consent_sync;
using namespace consent_sync::app;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds short_limit = 1s;

Config with_command(const std::string& command) {
  Config config;
  config.store.token_command = command;
  return config;
}

/// What a command inherits, and whose last copy is closed when all that it started has ended.
class Inherited {
 public:
  Inherited() { REQUIRE(::pipe(ends_.data()) == 0); }
  ~Inherited() { ::close(ends_[0]); }
  Inherited(const Inherited&) = delete;
  Inherited& operator=(const Inherited&) = delete;

  bool is_held_by_nobody() {
    ::close(ends_[1]);
    pollfd reading{ends_[0], POLLIN, 0};
    return ::poll(&reading, 1, 20'000) == 1;
  }

 private:
  std::array<int, 2> ends_{};
};

void check_that_it_is_ended(const std::string& command) {
  CAPTURE(command);
  Inherited inherited;
  try {
    read_token(with_command(command), short_limit);
    FAIL("it was waited for");
  } catch (const Failure& problem) {
    CHECK(problem.code() == ExitCode::usage);
    CHECK(std::string(problem.what()) ==
          "store.token_command has not ended within 1 s, and was killed with all that it had started: run it "
          "by "
          "itself to see what it waits for");
  }
  CHECK(inherited.is_held_by_nobody());
}

}  // namespace

TEST_CASE("a command for the token that does not end is killed with all that it started, and is an error") {
  check_that_it_is_ended("echo secret; sleep 600");
  check_that_it_is_ended("exec >&-; sleep 600");
  check_that_it_is_ended("sleep 600 & (sleep 600 &) ; setsid sleep 600 & exec sleep 600");
}

TEST_CASE("what a command for the token leaves behind is not waited for, and lives on") {
  const store::SecretText token = read_token(with_command("sleep 600 & echo $!"), 20s);
  CHECK(::kill(std::stoi(std::string(token)), SIGKILL) == 0);
}

TEST_CASE("all that a command for the token prints is read, in however many pieces") {
  const store::SecretText token = read_token(with_command("printf abc; printf def; sh -c 'echo ghi'"), 20s);
  CHECK(token == "abcdefghi");
  CHECK_THROWS_WITH_AS(read_token(with_command("exec yes"), 20s), "store.token_command was ended by a signal",
                       Failure);
}
