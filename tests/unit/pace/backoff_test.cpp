#include <doctest/doctest.h>

#include <consent_sync/pace/backoff.hpp>

namespace {

using consent_sync::pace::backoff_delay;
using consent_sync::pace::BackoffOptions;
using std::chrono::milliseconds;

const BackoffOptions options{milliseconds(500), milliseconds(60000)};

TEST_CASE("the ceiling of a delay doubles with each failure, up to the cap") {
  const double almost_one = 0.9999999;
  CHECK(backoff_delay(options, 1, almost_one) == milliseconds(500));
  CHECK(backoff_delay(options, 2, almost_one) == milliseconds(1000));
  CHECK(backoff_delay(options, 5, almost_one) == milliseconds(8000));
  CHECK(backoff_delay(options, 8, almost_one) == milliseconds(60000));
  CHECK(backoff_delay(options, 1'000'000, almost_one) == milliseconds(60000));
}

TEST_CASE("jitter chooses anywhere below the ceiling, and never none at all") {
  CHECK(backoff_delay(options, 3, 0.5) == milliseconds(1000));
  CHECK(backoff_delay(options, 3, 0.0) == milliseconds(100));
  CHECK(backoff_delay(options, 1, 0.0) == milliseconds(25));
}

TEST_CASE("a failure count below one is taken as the first") {
  CHECK(backoff_delay(options, 0, 0.5) == milliseconds(250));
  CHECK(backoff_delay(options, -3, 0.5) == milliseconds(250));
}

}  // namespace
