#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>
#include <boost/asio/io_context.hpp>

#include "stores/child_process.hpp"

using namespace consent_sync::app;

namespace {

constexpr const char* leaves_one_behind = "a process of the tests leaves one behind";
constexpr std::chrono::seconds stays{20};
constexpr const char* floods = "FLOODS";

/// What a process of the tests leaves behind: it holds the output that it was given, and says so in the end.
[[noreturn]] void stay() {
  const auto until = std::chrono::steady_clock::now() + stays;
  if (std::getenv(floods) == nullptr) std::this_thread::sleep_until(until);
  while (std::chrono::steady_clock::now() < until && ::dprintf(STDERR_FILENO, "more\n") > 0) {
  }
  ::dprintf(STDERR_FILENO, "I was waited for\n");
  ::_exit(0);
}

struct Ended {
  std::optional<int> exit_code;
  pid_t left_behind = 0;
  std::string errors;
};

Ended run_until_ended(const std::vector<std::string>& environment) {
  boost::asio::io_context io(1);
  Ended ended;
  bool was_told = false;
  ChildProcess process(io, {std::string("--test-case=") + leaves_one_behind, "--no-skip"}, environment,
                       {[&](std::string_view bytes) { ended.errors += bytes; }, [&] { was_told = true; }});
  io.run();
  CHECK(was_told);
  ended.exit_code = process.exit_code();
  ended.left_behind = std::stoi(process.output().substr(process.output().find("left ") + 5));
  return ended;
}

void check_that_it_is_not_waited_for(const std::vector<std::string>& environment) {
  const Ended ended = run_until_ended(environment);
  CHECK(ended.exit_code == 0);
  CHECK(ended.errors.find("the last word\n") != std::string::npos);
  const bool was_waited_for = ended.errors.find("I was waited for") != std::string::npos;
  CHECK_FALSE(was_waited_for);
  if (!was_waited_for) ::kill(ended.left_behind, SIGKILL);
}

}  // namespace

TEST_CASE("a process of the tests leaves one behind" * doctest::skip()) {
  const pid_t left = ::fork();
  REQUIRE(left >= 0);
  if (left == 0) stay();
  REQUIRE(::dprintf(STDOUT_FILENO, "left %d\n", left) > 0);
  REQUIRE(::dprintf(STDERR_FILENO, "the last word\n") > 0);
}

TEST_CASE("a process has ended, though one that it left behind holds its output") {
  check_that_it_is_not_waited_for({});
}

TEST_CASE("a process has ended, though one that it left behind goes on writing") {
  check_that_it_is_not_waited_for({std::string(floods) + "=1"});
}
