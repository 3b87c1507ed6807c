#include "watchdog.hpp"

#include <doctest/doctest.h>

#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

using namespace consent_sync::store;
using std::chrono::milliseconds;
using Clock = Watchdog::Clock;

TEST_CASE("a span that does not end by its deadline is late, once, and not before") {
  boost::asio::io_context io;
  int calls = 0;
  Watchdog watchdog(io.get_executor(), [&] { ++calls; });
  const auto deadline = Clock::now() + milliseconds(5);
  const Watchdog::Span span(watchdog, deadline);
  CHECK_FALSE(watchdog.is_late());
  io.run();
  CHECK(Clock::now() >= deadline);
  CHECK(watchdog.is_late());
  CHECK(calls == 1);
}

TEST_CASE("a span that has ended is not late, and the next one has its own deadline") {
  boost::asio::io_context io;
  int calls = 0;
  Watchdog watchdog(io.get_executor(), [&] { ++calls; });
  { const Watchdog::Span span(watchdog, Clock::now() + milliseconds(1)); }
  const auto deadline = Clock::now() + milliseconds(20);
  const Watchdog::Span span(watchdog, deadline);
  io.run();
  CHECK(Clock::now() >= deadline);
  CHECK(calls == 1);
}

TEST_CASE("a deadline before the one that the timer was set to counts") {
  boost::asio::io_context io;
  Watchdog watchdog(io.get_executor(), [&] { io.stop(); });
  { const Watchdog::Span span(watchdog, Clock::now() + std::chrono::hours(1)); }
  const Watchdog::Span span(watchdog, Clock::now() + milliseconds(1));
  io.run();
  CHECK(watchdog.is_late());
}

TEST_CASE("between spans nobody is late, and after a rest or the watchdog's end nothing keeps running") {
  boost::asio::io_context io;
  int calls = 0;
  std::optional<Watchdog> watchdog(std::in_place, io.get_executor(), [&] { ++calls; });
  { const Watchdog::Span span(*watchdog, Clock::now() + milliseconds(1)); }
  io.run();
  CHECK(calls == 0);
  io.restart();
  { const Watchdog::Span span(*watchdog, Clock::now() + std::chrono::hours(1)); }
  watchdog->rest();
  io.run();
  io.restart();
  { const Watchdog::Span span(*watchdog, Clock::now() + std::chrono::hours(1)); }
  watchdog.reset();
  io.run();
  CHECK(calls == 0);
}

TEST_CASE("a span may outlive its watchdog, as a coroutine's frame does that goes only with its io_context") {
  boost::asio::io_context io;
  int calls = 0;
  std::optional<Watchdog> watchdog(std::in_place, io.get_executor(), [&] { ++calls; });
  std::optional<Watchdog::Span> span(std::in_place, *watchdog, Clock::now() + milliseconds(1));
  watchdog.reset();
  io.run();
  span.reset();
  CHECK(calls == 0);
}

TEST_CASE("a span that begins after a rest is watched, also where the timer had just run out") {
  boost::asio::io_context io;
  int calls = 0;
  Watchdog watchdog(io.get_executor(), [&] { ++calls; });
  std::optional<Watchdog::Span> span(std::in_place, watchdog, Clock::now() - milliseconds(1));
  boost::asio::post(io, [&] {
    span.reset();
    watchdog.rest();
    span.emplace(watchdog, Clock::now() + milliseconds(1));
  });
  io.run();
  CHECK(watchdog.is_late());
  CHECK(calls >= 1);
}
