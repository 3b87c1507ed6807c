#include <doctest/doctest.h>

#include "monitoring/metrics.hpp"
#include "two_o_clock.hpp"

using namespace consent_sync;
using namespace consent_sync::app;
using namespace std::chrono_literals;
using app::test::two_o_clock;
using consent::Outcome;

namespace {

MetricsFacts nightly() {
  MetricsFacts facts;
  facts.run.id = "20261124T020000Z-3f9ac2";
  facts.run.store = "abc123";
  facts.run.tool_version = "0.1.0";
  facts.run.started_at = two_o_clock;
  facts.run.traffic.put = 120;
  facts.run.traffic.latency.add(250ms);
  facts.rows[Outcome::applied] = 118;
  facts.rows[Outcome::not_found] = 2;
  facts.changes = {120, 30, 95};
  return facts;
}

MetricsFacts ended() {
  MetricsFacts facts = nightly();
  facts.run.ended_at = two_o_clock + 90s;
  facts.run.exit_code = 1;
  return facts;
}

bool has_line(const std::string& text, const std::string& line) {
  return text.find(line + '\n') != std::string::npos;
}

const std::string labels = R"(mode="sync",store="abc123"})";

}  // namespace

TEST_CASE("metrics of an ended run tell when, how, and what became of its rows") {
  const std::string text = metrics_text(ended(), two_o_clock + 1h);
  CHECK(has_line(text, "# TYPE consent_sync_run_rows gauge"));
  CHECK(has_line(text, "consent_sync_running{" + labels + " 0"));
  CHECK(has_line(text, "consent_sync_run_exit_code{" + labels + " 1"));
  CHECK(has_line(text, "consent_sync_run_duration_seconds{" + labels + " 90"));
  CHECK(has_line(text, R"(consent_sync_run_rows{outcome="applied",)" + labels + " 118"));
  CHECK(has_line(text, R"(consent_sync_run_rows{outcome="unknown",)" + labels + " 0"));
  CHECK(has_line(text, "consent_sync_run_planned_withdrawals{" + labels + " 30"));
  CHECK(has_line(text, R"(consent_sync_run_requests{method="put",)" + labels + " 120"));
  CHECK(has_line(
      text, R"(consent_sync_run_info{run_id="20261124T020000Z-3f9ac2",version="0.1.0",)" + labels + " 1"));
}

TEST_CASE("a time of the last success is told only when there was one") {
  MetricsFacts facts = ended();
  const std::string name = "consent_sync_last_success_timestamp_seconds{";
  CHECK(metrics_text(facts, two_o_clock).find(name) == std::string::npos);
  facts.last_success = two_o_clock;
  CHECK(metrics_text(facts, two_o_clock).find(name) != std::string::npos);
}

TEST_CASE("while a run is under way metrics tell what the engine knows") {
  MetricsFacts facts = nightly();
  facts.progress.emplace();
  facts.progress->traffic.put = 60;
  facts.progress->traffic.quota = 450;
  facts.progress->traffic.window = 30s;
  facts.progress->in_flight = 4;
  facts.progress->breaker = pace::Breaker::State::open;
  const std::string text = metrics_text(facts, two_o_clock + 45s);
  CHECK(has_line(text, "consent_sync_running{" + labels + " 1"));
  CHECK(has_line(text, "consent_sync_run_duration_seconds{" + labels + " 45"));
  CHECK(has_line(text, R"(consent_sync_run_requests{method="put",)" + labels + " 60"));
  CHECK(has_line(text, "consent_sync_quota_requests{" + labels + " 450"));
  CHECK(has_line(text, "consent_sync_quota_window_seconds{" + labels + " 30"));
  CHECK(has_line(text, "consent_sync_requests_in_flight{" + labels + " 4"));
  CHECK(has_line(text, "consent_sync_store_available{" + labels + " 0"));
  CHECK(text.find("consent_sync_run_exit_code{") == std::string::npos);
}

TEST_CASE("what stands in a label cannot break out of it") {
  MetricsFacts facts = ended();
  facts.run.store = "a\"b\\c\nd";
  CHECK(metrics_text(facts, two_o_clock).find(R"(store="a\"b\\c\nd"} )") != std::string::npos);
}
