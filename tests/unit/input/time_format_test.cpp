#include "time_format.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace consent_sync;
using namespace consent_sync::input;

namespace {

std::string read(const std::string& format, std::string_view text, const std::string& zone = "") {
  std::optional<consent::Timestamp> time;
  std::string problem;
  TimeReader({format}, zone).read(text, time, problem);
  return time ? consent::to_rfc3339(*time) : problem;
}

bool reads(const std::string& format, std::string_view text, const std::string& zone = "UTC") {
  std::optional<consent::Timestamp> time;
  std::string problem;
  return TimeReader({format}, zone).read(text, time, problem);
}

}  // namespace

TEST_CASE("times that platforms write are read") {
  const std::string expected = "2025-03-21T17:49:21.192000Z";
  CHECK(read("%Y-%m-%d %H:%M:%S %z", "2025-03-21 10:49:21.192000000 -07:00") == expected);
  CHECK(read("rfc3339", "2025-03-21T17:49:21.192Z") == expected);
  CHECK(read("epoch_ms", "1742579361192") == expected);
  CHECK(read("epoch_us", "1742579361192000") == expected);
  CHECK(read("epoch_s", "1742579361") == "2025-03-21T17:49:21Z");
  CHECK(read("%Y-%m-%d %H:%M:%S %z", "2018-02-22 00:40:00 UTC") == "2018-02-22T00:40:00Z");
  CHECK(read("js", "Mon Nov 24 2025 10:00:00 GMT+0100 (Central European Standard Time)") ==
        "2025-11-24T09:00:00Z");
  CHECK(read("%d/%m/%Y %I:%M %p", "3/4/2024 12:05 AM", "+02:00") == "2024-04-02T22:05:00Z");
  CHECK(read("%b %d, %Y", "March 4, 2024", "UTC") == "2024-03-04T00:00:00Z");
  CHECK(read("%a, %d %b %Y %H:%M:%S %z", "Tue, 05 Mar 2024 01:02:03 +0000") == "2024-03-05T01:02:03Z");
  CHECK(read("tcf", "COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA") == "2020-02-20T23:57:39.300000Z");
}

TEST_CASE("what is not a time of the format is not read") {
  for (const char* text : {"", "2024-02-30 10:00:00", "2024-13-01 10:00:00", "24-02-03 10:00:00",
                           "2024-02-03 24:00:00", "2024-02-03 10:60:00", "2024-02-03 10:00:00 ",
                           "2024-02-03  10:00", "2024-02-03T10:00:00", "2024-02-03 10:00:0x"}) {
    CAPTURE(text);
    CHECK_FALSE(reads("%Y-%m-%d %H:%M:%S", text));
  }
  CHECK_FALSE(reads("epoch_s", "-5"));
  CHECK_FALSE(reads("epoch_s", "1.7e9"));
  CHECK_FALSE(reads("%d/%m/%Y %I:%M %p", "3/4/2024 13:05 AM"));
  CHECK_FALSE(reads("%d %b %Y", "3 Mars 2024"));
  CHECK_FALSE(reads("%Y-%m-%d %z", "2024-02-03 CET"));
  CHECK_FALSE(reads("%Y-%m-%d %z", "2024-02-03 +15:00"));
}

TEST_CASE("a time that nobody can have chosen at is refused: a wrong unit, a default") {
  CHECK(read("epoch_ms", "1742579361").find("reads as 1970-01-21") != std::string::npos);
  CHECK_FALSE(reads("epoch_s", "0"));
  CHECK_FALSE(reads("epoch_s", "1742579361192"));
  CHECK_FALSE(reads("%Y-%m-%d", "0001-01-01"));
}

TEST_CASE("a text that two formats read differently is refused") {
  const TimeReader reader({"%d/%m/%Y", "%m/%d/%Y"}, "UTC");
  std::optional<consent::Timestamp> time;
  std::string problem;
  CHECK_FALSE(reader.read("03/04/2024", time, problem));
  CHECK_FALSE(time);
  CHECK(problem.find("two of its formats") != std::string::npos);
  CHECK(reader.read("04/04/2024", time, problem));
  CHECK(reader.read("13/04/2024", time, problem));
  CHECK(time == consent::parse_rfc3339("2024-04-13T00:00:00Z"));
}

TEST_CASE("formats that cannot work are refused at the start") {
  for (const char* format :
       {"", "iso8601", "%Y", "%Y-%m", "%Y-%m-%d %", "%Y-%m-%d %Q", "%Y-%m-%d %I:%M", "%Y-%m-%d %p"}) {
    CAPTURE(format);
    CHECK_THROWS_AS(TimeReader({format}, "UTC"), std::invalid_argument);
  }
  CHECK_THROWS_AS(TimeReader({"%Y-%m-%d"}, ""), std::invalid_argument);
}
