#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

#include <consent_sync/ledger/run.hpp>

using consent_sync::ledger::LatencyHistogram;
using std::chrono::microseconds;

TEST_CASE("an empty histogram has no latency" * doctest::test_suite("file")) {
  const LatencyHistogram histogram;
  CHECK(histogram.count() == 0);
  CHECK(histogram.quantile(0.5) == microseconds(0));
  CHECK(histogram.max() == microseconds(0));
}

TEST_CASE("a quantile is an upper bound of the exact one, and right to about four percent" *
          doctest::test_suite("file")) {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::lognormal_distribution<double> latency(11.0, 1.5);
  LatencyHistogram histogram;
  std::vector<std::int64_t> exact;
  for (int i = 0; i < 5000; ++i) {
    exact.push_back(static_cast<std::int64_t>(latency(random)));
    histogram.add(microseconds(exact.back()));
  }
  std::sort(exact.begin(), exact.end());
  for (const double q : {0.01, 0.5, 0.95, 0.99, 0.999, 1.0}) {
    CAPTURE(q);
    const auto rank = static_cast<std::size_t>(std::ceil(q * 5000)) - 1;
    const auto found = histogram.quantile(q).count();
    CHECK(found >= exact[rank]);
    CHECK(static_cast<double>(found) <= static_cast<double>(exact[rank]) * 1.045);
    CHECK(found <= histogram.max().count());
  }
  CHECK(histogram.max().count() == exact.back());
  CHECK(histogram.quantile(1.0) == histogram.max());
}

TEST_CASE("small and huge latencies have a place" * doctest::test_suite("file")) {
  for (const std::int64_t micros : {0L, 1L, 2L, 3L, 1024L, 3'600'000'000L}) {
    LatencyHistogram histogram;
    histogram.add(microseconds(micros));
    CHECK(histogram.quantile(0.5) == microseconds(micros));
  }
}

TEST_CASE("a histogram survives its text" * doctest::test_suite("file")) {
  LatencyHistogram histogram;
  for (const int micros : {1, 900, 900, 31'000, 2'000'000}) histogram.add(microseconds(micros));
  const LatencyHistogram read = LatencyHistogram::parse(histogram.serialize());
  CHECK(read.count() == 5);
  CHECK(read.max() == histogram.max());
  for (const double q : {0.1, 0.5, 0.8, 1.0}) CHECK(read.quantile(q) == histogram.quantile(q));
  CHECK(read.serialize() == histogram.serialize());
}

TEST_CASE("an unreadable text gives an empty histogram" * doctest::test_suite("file")) {
  for (const char* text :
       {"", "x", "12", "12;x", "12;1:", "12;1:2", "12;99999:1;", "-1;", "99999999999999999999;"}) {
    CAPTURE(text);
    CHECK(LatencyHistogram::parse(text).count() == 0);
    CHECK(LatencyHistogram::parse(text).max() == microseconds(0));
  }
}
