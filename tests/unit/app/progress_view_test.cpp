#include <doctest/doctest.h>

#include "contains.hpp"
#include "figures.hpp"
#include "progress_view.hpp"
#include "run/rate_meter.hpp"
#include "run/rows_so_far.hpp"
#include "terminal.hpp"

using namespace consent_sync;
using namespace consent_sync::app;
using namespace std::chrono_literals;
using consent::Outcome;
using consent_sync::test::contains;

namespace {

// 10,000 rows, of which 8,000 needed no change; 1,000 of the 2,000 changes are done.
SendingFacts halfway() {
  SendingFacts facts;
  facts.queued = 2000;
  facts.elapsed = 100s;
  facts.rows[Outcome::unchanged] = 7990;
  facts.rows[Outcome::invalid] = 10;
  facts.rows[Outcome::pending] = 2000;
  facts.progress.ended[Outcome::applied] = 999;
  facts.progress.ended[Outcome::not_found] = 1;
  facts.progress.in_flight = 3;
  facts.requests_per_second = 10.04;
  facts.ended_per_second = 10.0;
  return facts;
}

SendingFacts with_quota(SendingFacts facts) {
  facts.progress.quota = 450;
  facts.progress.traffic.window = 30s;
  facts.progress.sustained_rate = 13.5;
  pace::WindowUse window;
  window.quota = 450;
  window.budget = 405;
  window.used = 5;
  window.length = 30s;
  facts.progress.window = window;
  facts.next_window = 20s;
  return facts;
}

}  // namespace

TEST_CASE("the view shows rows, changes, time left and problems by kind") {
  CHECK(progress_view(halfway(), false) ==
        "rows      [###########################...]  90%  9,000 of 10,000\n"
        "changes   1,000 of 2,000, 3 in flight\n"
        "rate      10.0 requests/s\n"
        "left      1 m 40 s, 1 m 40 s so far\n"
        "problems  10 invalid, 1 not_found");
}

TEST_CASE("the view shows the rate against the quota, and when the next window begins") {
  CHECK(contains(
      progress_view(with_quota(halfway()), false),
      "rate      10.0 of 13.5 requests/s, quota 450 in 30 s, 5 of our 405 used, next window in 20 s\n"));
}

TEST_CASE("an errand that counts no rows has a bar over what it asks about") {
  SendingFacts facts = halfway();
  facts.rows = {};
  facts.noun = "customers";
  CHECK(contains(progress_view(facts, false),
                 "customers [###############...............]  50%  1,000 of 2,000\nrate"));
}

TEST_CASE("only what is whole is 100 %") {
  CHECK(contains(bar_line("rows", 0.9999, false, ""), " 99%"));
  CHECK(contains(bar_line("rows", 1.0, false, ""), "100%"));
  CHECK(contains(bar_line("rows", 7.0, false, ""), "100%"));
  CHECK(contains(bar_line("rows", 0.0, true, ""), "\u2591"));
}

TEST_CASE("before the measured rate has settled the quota gives the time left") {
  SendingFacts facts;
  facts.queued = 81000;
  facts.elapsed = 1s;
  facts.ended_per_second = 1000.0;
  facts.progress.sustained_rate = 4.5;
  CHECK(time_left(facts) == 5h);
}

TEST_CASE("a pace below what the quota allows gives the time left; one above it does not") {
  SendingFacts facts = with_quota(halfway());
  CHECK(time_left(facts) == 100s);
  facts.ended_per_second = 1000.0;
  CHECK(std::chrono::round<std::chrono::seconds>(time_left(facts).value()) == 74s);
}

TEST_CASE("in bursts the time left is counted in windows") {
  SendingFacts facts = with_quota(halfway());
  facts.burst = true;
  facts.ended_per_second.reset();
  // 400 now, 405 in 20 s, and the last 195 when the next but one begins.
  CHECK(time_left(facts) == 50s);
  facts.queued = 1400;
  CHECK(time_left(facts) == 0s);
  facts.queued = 1401;
  CHECK(time_left(facts) == 20s);
}

TEST_CASE("rows that wait for their next try take as long as they wait, however few are left") {
  SendingFacts facts = with_quota(halfway());
  facts.queued = 1001;
  facts.progress.waiting_to_retry = 1;
  facts.progress.last_retry_in = 40s;
  CHECK(time_left(facts) == 40s);
  CHECK(contains(progress_view(facts, false), "left      40 s, 1 m 40 s so far"));
  CHECK(contains(progress_sentence(facts), ", 40 s left;"));
  facts.burst = true;
  CHECK(time_left(facts) == 40s);
  facts.queued = 2000;
  facts.progress.last_retry_in = 1s;
  CHECK(time_left(facts) == 100s);
}

TEST_CASE("no time is left only where nothing is") {
  SendingFacts facts = with_quota(halfway());
  facts.queued = 1001;
  CHECK(contains(progress_view(facts, false), "left      less than 1 s, "));
  CHECK(contains(progress_sentence(facts), ", less than 1 s left;"));
  facts.queued = 1000;
  CHECK(contains(progress_view(facts, false), "left      0 s, "));
}

TEST_CASE("without a quota and before anything ended there is no telling") {
  SendingFacts facts;
  facts.queued = 10;
  CHECK_FALSE(time_left(facts));
  CHECK(contains(progress_view(facts, false), "left      not known yet"));
}

TEST_CASE("a paused store shows") {
  SendingFacts facts = halfway();
  facts.progress.breaker = pace::Breaker::State::open;
  CHECK(contains(progress_view(facts, false), "left      store unavailable, pausing"));
  CHECK(contains(progress_sentence(facts), "store unavailable"));
}

TEST_CASE("a log has the same facts in a sentence") {
  CHECK(progress_sentence(halfway()) ==
        "1,000 of 2,000 changes, 10.0 requests/s, 1 m 40 s left; 3 in flight, 0 waiting to retry, 0 to be "
        "recorded, 0 "
        "throttled; problems: 10 invalid, 1 not_found");
}

TEST_CASE("rows so far: what has ended is pending no more, and the sum stays") {
  const SendingFacts facts = halfway();
  const ledger::OutcomeCounts rows = rows_so_far(facts.rows, facts.progress.ended);
  CHECK(rows.total() == 10000);
  CHECK(rows[Outcome::pending] == 1000);
  CHECK(rows[Outcome::not_found] == 1);
}

TEST_CASE("a rate is that of the last seconds, however it began") {
  RateMeter meter;
  CHECK_FALSE(meter.over(10s));
  std::uint64_t count = 0;
  for (auto now = 0ms; now <= 100s; now += 200ms) {
    meter.add(now, count);
    count += now < 80s ? 20 : 2;
  }
  CHECK(meter.over(10s).value() == doctest::Approx(10.0).epsilon(0.02));
  CHECK(meter.over(60s).value() == doctest::Approx((40 * 100.0 + 20 * 10.0) / 60).epsilon(0.05));
}

TEST_CASE("a rate is told from the first second on") {
  RateMeter meter;
  meter.add(0ms, 0);
  meter.add(900ms, 9);
  CHECK_FALSE(meter.over(10s));
  meter.add(1s, 10);
  CHECK(meter.over(10s).value() == doctest::Approx(10.0));
}

TEST_CASE("a line is cut by columns, between characters, and says so") {
  CHECK(clip("abc", 3, true) == "abc");
  CHECK(clip("abcd", 3, true) == "ab\u2026");
  CHECK(clip("abcde", 4, false) == "a...");
  CHECK(clip("\u2588\u2588\u2588", 3, true) == "\u2588\u2588\u2588");
  CHECK(clip("\u2588\u2588\u2588", 2, true) == "\u2588\u2026");
  CHECK(clip("abc", 0, true).empty());
  CHECK(clip("abc", 2, false) == "..");
}

TEST_CASE("a line is not cut within a number") {
  CHECK(clip("changes   171 of 30,000", 20, true) == "changes   171 of \u2026");
  CHECK(clip("changes   171 of 30,000", 23, true) == "changes   171 of 30,000");
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
