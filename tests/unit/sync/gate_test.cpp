#include "gate.hpp"

#include <doctest/doctest.h>

#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

using namespace consent_sync;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

pace::PacerOptions one_at_a_time() {
  pace::PacerOptions options;
  options.connections = 1;
  options.breaker.trip_after = 1;
  return options;
}

/// A gate and those who want to pass it. With one connection the next may leave when the one before has been
/// answered.
struct GateFixture {
  explicit GateFixture(pace::PacerOptions options = one_at_a_time()) : pacer(options) {}

  /// `who` waits in line; when they pass or come back with nothing, they are noted.
  void enter(int who) {
    asio::co_spawn(io, gate.pass(),
                   [this, who](std::exception_ptr failure, std::optional<pace::TimePoint> departed) {
                     CHECK_FALSE(failure);
                     if (departed) departed_at = *departed;
                     (departed ? passed : turned_back).push_back(who);
                   });
  }

  void answer(pace::Sign sign = pace::Sign::well) {
    pacer.on_answer(departed_at, std::chrono::steady_clock::now(), {sign, pace::QuotaReading{}, 1ms}, 0.5);
    gate.reconsider();
  }

  asio::io_context io{1};
  pace::Pacer pacer;
  int given_up = 0;
  sync::Gate gate{io.get_executor(), pacer, [this] { ++given_up; }};
  pace::TimePoint departed_at{};
  std::vector<int> passed;
  std::vector<int> turned_back;
};

}  // namespace

TEST_CASE("who came first leaves first, each as soon as the pacer lets it") {
  GateFixture f;
  for (int who = 1; who <= 4; ++who) f.enter(who);
  f.io.poll();
  CHECK(f.passed == std::vector{1});
  CHECK(f.gate.waiting() == 3);
  for (int n = 0; n < 3; ++n) {
    f.answer();
    f.io.poll();
  }
  CHECK(f.passed == std::vector{1, 2, 3, 4});
  CHECK(f.gate.waiting() == 0);
}

TEST_CASE("waiting costs nothing: without an answer nothing runs") {
  GateFixture f;
  for (int who = 1; who <= 100; ++who) f.enter(who);
  f.io.poll();
  CHECK(f.io.run_for(50ms) == 0);
}

TEST_CASE("an answer wakes only the one in front") {
  GateFixture f;
  for (int who = 1; who <= 1000; ++who) f.enter(who);
  f.io.poll();
  f.answer();
  CHECK(f.io.poll() < 10);
  CHECK(f.passed == std::vector{1, 2});
}

TEST_CASE("shut, everybody comes back with nothing, and nobody passes any more") {
  GateFixture f;
  for (int who = 1; who <= 3; ++who) f.enter(who);
  f.io.poll();
  f.gate.shut();
  f.io.poll();
  CHECK(f.turned_back.size() == 2);
  f.io.restart();
  f.enter(4);
  f.answer();
  f.io.poll();
  CHECK(f.passed == std::vector{1});
  CHECK(f.turned_back.size() == 3);
}

TEST_CASE("the end of the store is told once, without any answer, when its time has come") {
  pace::PacerOptions options = one_at_a_time();
  options.breaker.probe = {1h, 1h};
  options.breaker.give_up_after = 20ms;
  GateFixture f(options);
  for (int who = 1; who <= 3; ++who) f.enter(who);
  f.io.poll();
  f.answer(pace::Sign::down);
  while (f.given_up == 0 && f.io.run_one_for(10s) > 0) {
  }
  CHECK(f.given_up == 1);
  f.gate.shut();
  f.io.run_for(100ms);
  CHECK(f.given_up == 1);
  CHECK(f.turned_back.size() == 2);
}

TEST_CASE("those who still wait when everything ends are no danger") {
  GateFixture f;
  for (int who = 1; who <= 10; ++who) f.enter(who);
  f.io.poll();
  CHECK(f.gate.waiting() == 9);
}
