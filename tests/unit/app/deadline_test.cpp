#include "settings/deadline.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "exit_code.hpp"

using namespace consent_sync::app;
using namespace std::chrono_literals;
using consent_sync::consent::parse_rfc3339;
using consent_sync::consent::Timestamp;

namespace {

Timestamp utc(std::string_view text) {
  return parse_rfc3339(text).value();
}

/// Central Europe in 2026: put forward on 29 March at 01:00 UTC, back on 25 October at 01:00 UTC.
std::chrono::seconds berlin(Timestamp at) {
  return at >= utc("2026-03-29T01:00:00Z") && at < utc("2026-10-25T01:00:00Z") ? 2h : 1h;
}

/// A clock that is put back by an hour at midnight, 24:00 of 31 October, and was an hour and a half ahead.
std::chrono::seconds back_at_midnight(Timestamp at) {
  return at >= utc("2026-10-31T22:30:00Z") ? 30min : 90min;
}

}  // namespace

TEST_CASE("a time of day is the next such time: today, or tomorrow when it is past or just now") {
  CHECK(next_time_of_day(6h, utc("2026-11-24T02:17:00Z"), berlin) == utc("2026-11-24T05:00:00Z"));
  CHECK(next_time_of_day(6h, utc("2026-11-24T04:59:59.999999Z"), berlin) == utc("2026-11-24T05:00:00Z"));
  CHECK(next_time_of_day(6h, utc("2026-11-24T05:00:00Z"), berlin) == utc("2026-11-25T05:00:00Z"));
  CHECK(next_time_of_day(6h, utc("2026-11-24T23:30:00Z"), berlin) == utc("2026-11-25T05:00:00Z"));
  CHECK(next_time_of_day(0h, utc("2026-11-24T22:59:00Z"), berlin) == utc("2026-11-24T23:00:00Z"));
}

TEST_CASE("on the nights when the clock is put forward or back, six is when the clock shows six") {
  CHECK(next_time_of_day(6h, utc("2026-03-28T22:00:00Z"), berlin) == utc("2026-03-29T04:00:00Z"));
  CHECK(next_time_of_day(6h, utc("2026-10-24T22:00:00Z"), berlin) == utc("2026-10-25T05:00:00Z"));
}

TEST_CASE("a time that the clock is put forward over is when that happens") {
  CHECK(next_time_of_day(2h + 30min, utc("2026-03-28T22:00:00Z"), berlin) == utc("2026-03-29T01:00:00Z"));
  CHECK(next_time_of_day(2h, utc("2026-03-28T22:00:00Z"), berlin) == utc("2026-03-29T01:00:00Z"));
  CHECK(next_time_of_day(2h + 30min, utc("2026-03-29T01:00:00Z"), berlin) == utc("2026-03-30T00:30:00Z"));
}

TEST_CASE("a time that the clock shows twice comes twice") {
  CHECK(next_time_of_day(2h + 30min, utc("2026-10-24T22:00:00Z"), berlin) == utc("2026-10-25T00:30:00Z"));
  CHECK(next_time_of_day(2h + 30min, utc("2026-10-25T00:45:00Z"), berlin) == utc("2026-10-25T01:30:00Z"));
  CHECK(next_time_of_day(2h + 30min, utc("2026-10-25T01:45:00Z"), berlin) == utc("2026-10-26T01:30:00Z"));
  CHECK(next_time_of_day(23h + 30min, utc("2026-10-31T22:10:00Z"), back_at_midnight) ==
        utc("2026-10-31T23:00:00Z"));
}

TEST_CASE("what is no deadline is told what one looks like") {
  for (const char* text : {"06:00", "00:00", "23:59:59", "2026-11-24T06:00:00+01:00"})
    CHECK_NOTHROW(check_deadline(text));
  for (const char* text :
       {"", "6:00", "24:00", "06:60", "06-00", "+6:00", "-6:00", "06:00:", "06:00:0", "6am", "4h"})
    CHECK_THROWS_AS(check_deadline(text), std::invalid_argument);
}

TEST_CASE("the earlier of deadline and max_duration counts") {
  const Timestamp started = utc("2026-11-24T02:00:00Z");
  Config config;
  CHECK_FALSE(deadline_of(config, started, berlin));
  config.deadline = "06:00";
  CHECK(deadline_of(config, started, berlin)->at == utc("2026-11-24T05:00:00Z"));
  CHECK(deadline_of(config, started, berlin)->name == "the deadline 06:00 (2026-11-24T05:00:00Z)");
  config.max_duration = 4h;
  CHECK(deadline_of(config, started, berlin)->at == utc("2026-11-24T05:00:00Z"));
  config.max_duration = 2h;
  CHECK(deadline_of(config, started, berlin)->name == "the end of max_duration 2h (2026-11-24T04:00:00Z)");
  config.deadline.clear();
  CHECK(deadline_of(config, started, berlin)->at == utc("2026-11-24T04:00:00Z"));
}

TEST_CASE("an instant is meant as it stands, and one that is past is an error") {
  Config config;
  config.deadline = "2026-11-24T06:00:00+01:00";
  CHECK(deadline_of(config, utc("2026-11-24T02:00:00Z"), berlin)->at == utc("2026-11-24T05:00:00Z"));
  CHECK_THROWS_WITH_AS(deadline_of(config, utc("2026-11-24T05:00:00Z"), berlin),
                       "deadline: 2026-11-24T06:00:00+01:00 is past; nothing was sent", Failure);
}
