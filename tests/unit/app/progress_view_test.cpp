#include <doctest/doctest.h>

#include "progress_view.hpp"

using namespace consent_sync;
using namespace consent_sync::app;
using namespace std::chrono_literals;

namespace {

SendingFacts halfway() {
  SendingFacts facts;
  facts.queued = 2000;
  facts.elapsed = 20s;
  facts.progress.ended[consent::Outcome::applied] = 999;
  facts.progress.ended[consent::Outcome::not_found] = 1;
  return facts;
}

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the bar shows share, changes, rate, time left and problems") {
  const std::string line = progress_bar(halfway(), 200);
  CHECK(contains(line, "[############............]"));
  CHECK(contains(line, "50%"));
  CHECK(contains(line, "1,000 of 2,000 changes"));
  CHECK(contains(line, "50.0/s"));
  CHECK(contains(line, "20 s left"));
  CHECK(contains(line, "1 problem"));
}

TEST_CASE("the bar never wraps") {
  for (const int width : {1, 20, 40, 80})
    CHECK(progress_bar(halfway(), width).size() < static_cast<std::size_t>(width) + 1);
}

TEST_CASE("before the measured rate has settled the quota gives the time left") {
  SendingFacts facts;
  facts.queued = 81000;
  facts.elapsed = 1s;
  facts.progress.sustained_rate = 4.5;
  CHECK(contains(progress_bar(facts, 200), "5 h 00 m left"));
}

TEST_CASE("a paused store shows") {
  SendingFacts facts = halfway();
  facts.progress.breaker = pace::Breaker::State::open;
  CHECK(contains(progress_bar(facts, 200), "store unavailable"));
}

TEST_CASE("counts and times read like a person writes them") {
  CHECK(show_count(0) == "0");
  CHECK(show_count(999) == "999");
  CHECK(show_count(1000) == "1,000");
  CHECK(show_count(1234567) == "1,234,567");
  CHECK(show_time(12s) == "12 s");
  CHECK(show_time(125s) == "2 m 05 s");
  CHECK(show_time(19980s) == "5 h 33 m");
}
