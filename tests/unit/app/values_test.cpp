#include <doctest/doctest.h>

#include <stdexcept>

#include "settings/values.hpp"

using namespace consent_sync::app;
using namespace std::chrono_literals;

TEST_CASE("durations are a whole number and a unit") {
  CHECK(parse_duration("500ms") == 500ms);
  CHECK(parse_duration("30s") == 30s);
  CHECK(parse_duration("5m") == 5min);
  CHECK(parse_duration("2h") == 2h);
  CHECK(parse_duration("30d") == 720h);
  CHECK(show_duration(720h) == "30d");
  CHECK(parse_duration("36500d") == 876'000h);
  for (const char* text : {"", "30", "s", "-1s", "0s", "1.5s", "1 s", "1w", "36501d", "876001h",
                           "99999999999h", "9223372036854775807d", "30S"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(parse_duration(text), std::invalid_argument);
  }
}

TEST_CASE("shares are a number from 0 to 1 or a percentage") {
  CHECK(parse_ratio("0.05") == doctest::Approx(0.05));
  CHECK(parse_ratio("5%") == doctest::Approx(0.05));
  CHECK(parse_ratio("1") == doctest::Approx(1.0));
  CHECK(parse_ratio("0") == doctest::Approx(0.0));
  for (const char* text : {"", "%", "101%", "1.1", "-1%", "5 %", "half", "nan"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(parse_ratio(text), std::invalid_argument);
  }
}

TEST_CASE("a share of the quota is either, too, and never nothing") {
  CHECK(parse_share("0.9", 1) == 0.9);
  CHECK(parse_share("90%", 1) == 0.9);
  CHECK(parse_share("100%", 1) == 1.0);
  CHECK(parse_share("150%", 10) == 1.5);
  CHECK_THROWS_WITH(parse_share("0%", 1), "expected a share such as 0.9 or 90%, above 0 and up to 1");
  for (const char* text : {"", "%", "90", "101%", "0", "90 %", "90%%", "-5%", "nan%"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(parse_share(text, 1), std::invalid_argument);
  }
}

TEST_CASE("numbers keep to their range, and the message says which") {
  CHECK(parse_number("0.9", 0, 1) == doctest::Approx(0.9));
  CHECK_THROWS_WITH(parse_number("0", 0, 1), "expected a number above 0 and up to 1");
  CHECK_THROWS_WITH(parse_integer("257", 1, 256), "expected a whole number from 1 to 256");
  CHECK_THROWS_AS(parse_number("nan", 0, 1), std::invalid_argument);
  CHECK_THROWS_AS(parse_integer("1e2", 1, 256), std::invalid_argument);
}

TEST_CASE("words are exact, and the message lists them") {
  CHECK(parse_word("deny", {"keep", "deny"}) == 1);
  CHECK_THROWS_WITH(parse_word("Deny", {"keep", "deny"}), "expected one of keep, deny");
}

TEST_CASE("a typing error finds the nearest word, a stranger finds none") {
  CHECK(closest("rate.shere", {"rate.share", "report.dir"}) == "rate.share");
  CHECK(closest("sink", {"sync", "runs"}) == "sync");
  CHECK(closest("completely-different", {"sync", "runs"}).empty());
}
