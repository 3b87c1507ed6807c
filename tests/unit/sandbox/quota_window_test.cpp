#include <doctest/doctest.h>

#include "quota_window.hpp"

using namespace consent_sync::sandbox;
using namespace std::chrono_literals;

namespace {

const QuotaWindow::TimePoint start{1000s};

}  // namespace

TEST_CASE("the request after the quota is refused until the next window") {
  QuotaWindow quota(3, 30s);
  CHECK(quota.charge(start));
  CHECK(quota.charge(start + 1s));
  CHECK(quota.charge(start + 29s));
  CHECK_FALSE(quota.charge(start + 29999ms));
  CHECK(quota.charge(start + 30s));
  CHECK(quota.view(start + 30s).left == 2);
}

TEST_CASE("the first request opens the window, and the next ones follow on its grid") {
  QuotaWindow quota(10, 30s);
  CHECK(quota.view(start - 500s).reset_ms == 30000);
  quota.charge(start);
  CHECK(quota.view(start).reset_ms == 30000);
  CHECK(quota.view(start + 12s).reset_ms == 18000);
  CHECK(quota.view(start + 70s).reset_ms == 20000);
  quota.charge(start + 70s);
  CHECK(quota.view(start + 80s).reset_ms == 10000);
}

TEST_CASE("waiting for the reset time exactly is long enough") {
  QuotaWindow quota(1, 30s);
  quota.charge(start);
  const auto now = start + 12345678us;
  CHECK_FALSE(quota.charge(now));
  CHECK(quota.charge(now + std::chrono::milliseconds(quota.view(now).reset_ms)));
}

TEST_CASE("other apps take units as far as there are any, in this window only") {
  QuotaWindow quota(5, 30s);
  quota.charge(start);
  quota.drain(3, start);
  CHECK(quota.view(start).left == 1);
  quota.drain(10, start);
  CHECK(quota.view(start).left == 0);
  CHECK_FALSE(quota.charge(start + 1s));
  CHECK(quota.view(start + 30s).left == 5);
}

TEST_CASE("a smaller quota takes effect in the current window") {
  QuotaWindow quota(5, 30s);
  for (int i = 0; i < 4; ++i) quota.charge(start);
  quota.set_quota(3);
  CHECK(quota.view(start).left == 0);
  CHECK(quota.view(start).quota == 3);
  CHECK_FALSE(quota.charge(start));
}

TEST_CASE("without a quota everything is granted and nothing noted") {
  QuotaWindow quota(0, 30s);
  for (int i = 0; i < 1000; ++i) CHECK(quota.charge(start));
  quota.drain(5, start);
  CHECK_FALSE(quota.limited());
  CHECK(quota.history().empty());
}

TEST_CASE("the history tells what each window saw, and leaves out the silent ones") {
  QuotaWindow quota(2, 30s);
  quota.charge(start);
  quota.charge(start);
  quota.charge(start);
  quota.drain(1, start + 65s);
  quota.charge(start + 65s);
  REQUIRE(quota.history().size() == 2);
  CHECK(quota.history()[0].window == 0);
  CHECK(quota.history()[0].requests == 2);
  CHECK(quota.history()[0].throttled == 1);
  CHECK(quota.history()[1].window == 2);
  CHECK(quota.history()[1].requests == 1);
  CHECK(quota.history()[1].drained == 1);
}
