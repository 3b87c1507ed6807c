#include <doctest/doctest.h>

#include <consent_sync/consent/timestamp.hpp>

using namespace consent_sync::consent;
using namespace std::chrono_literals;

TEST_CASE("RFC 3339 times are read to the microsecond, in UTC") {
  const Timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + 12h;
  CHECK(parse_rfc3339("2026-11-24T12:00:00Z") == noon);
  CHECK(parse_rfc3339("2026-11-24t12:00:00z") == noon);
  CHECK(parse_rfc3339("2026-11-24 12:00:00Z") == noon);
  CHECK(parse_rfc3339("2026-11-24T13:30:00+01:30") == noon);
  CHECK(parse_rfc3339("2026-11-24T07:00:00-05:00") == noon);
  CHECK(parse_rfc3339("2026-11-24T12:00:00.25Z") == noon + 250ms);
  CHECK(parse_rfc3339("2026-11-24T12:00:00.1234567Z") == noon + 123456us);
  CHECK(parse_rfc3339("2026-11-24T11:59:60Z") == noon);
}

TEST_CASE("anything else is no time") {
  for (const char* text :
       {"", "2026-11-24", "2026-11-24T12:00:00", "2026-11-24T12:00Z", "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "2026-11-24T24:00:00Z", "2026-11-24T12:60:00Z", "24.11.2026 12:00",
        "2026-11-24T12:00:00.Z", "2026-11-24T12:00:00Zx", "2026-11-24T12:00:00+24:00", "1764000000",
        "2026-11-24T12:00:61Z", " 2026-11-24T12:00:00Z", "2026-1-24T12:00:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}

TEST_CASE("a time is written in UTC and reads back the same") {
  for (const char* text : {"1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z",
                           "2026-11-24T12:00:00.000001Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.1Z"}) {
    CHECK(parse_rfc3339(to_rfc3339(parse_rfc3339(text).value())) == parse_rfc3339(text));
  }
  CHECK(to_rfc3339(parse_rfc3339("0007-06-05T04:03:02.000001Z").value()) == "0007-06-05T04:03:02.000001Z");
  CHECK(to_rfc3339(parse_rfc3339("9999-12-31T23:00:00-01:00").value()) == "10000-01-01T00:00:00Z");
}
