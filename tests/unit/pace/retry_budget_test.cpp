#include <doctest/doctest.h>

#include <consent_sync/pace/retry_budget.hpp>

#include "start.hpp"

using namespace consent_sync::pace;
using consent_sync::pace::test::start;
using namespace std::chrono_literals;

namespace {

RetryBudget budget() {
  return RetryBudget({0.25, 1, 3});
}

RetryBudget spent(TimePoint now) {
  RetryBudget budget = ::budget();
  for (int n = 0; n < 3; ++n) budget.on_retry(now);
  return budget;
}

}  // namespace

TEST_CASE("a run begins with what can be saved up") {
  RetryBudget b = budget();
  for (int n = 0; n < 3; ++n) {
    CHECK(b.next_retry(start) == start);
    b.on_retry(start);
  }
  CHECK(b.next_retry(start) == start + 1s);
}

TEST_CASE("first tries pay for retries by their share") {
  RetryBudget b = spent(start);
  for (int n = 0; n < 3; ++n) b.on_first_try();
  CHECK(b.next_retry(start) > start);
  b.on_first_try();
  CHECK(b.next_retry(start) == start);
}

TEST_CASE("time alone pays, so that a run always ends") {
  RetryBudget b = spent(start);
  CHECK(b.next_retry(start) == start + 1s);
  CHECK(b.next_retry(start + 400ms) == start + 1s);
  CHECK(b.next_retry(start + 1s) == start + 1s);
}

TEST_CASE("no more is saved up than the most") {
  RetryBudget b = spent(start);
  const TimePoint later = start + 1h;
  for (int n = 0; n < 1000; ++n) b.on_first_try();
  for (int n = 0; n < 3; ++n) {
    CHECK(b.next_retry(later) == later);
    b.on_retry(later);
  }
  CHECK(b.next_retry(later) > later);
}

TEST_CASE("a store in which everything fails gets no more retries than its share and the pace of time") {
  RetryBudget b({0.2, 1, 20});
  TimePoint now = start;
  int first_tries = 0;
  int retries = 0;
  for (; now < start + 100s; now += 100ms) {
    b.on_first_try();
    ++first_tries;
    for (; b.next_retry(now) <= now; ++retries) b.on_retry(now);
  }
  CHECK(retries <= 20 + 0.2 * first_tries + 100);
  CHECK(retries >= 0.2 * first_tries + 99);
}
