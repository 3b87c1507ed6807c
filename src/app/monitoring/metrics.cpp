#include "metrics.hpp"

#include <chrono>
#include <sstream>

#include <prometheus/text_serializer.h>

namespace consent_sync::app {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;

template <class Duration>
double in_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

/// Gauges with the labels that all of them bear.
class Gauges {
 public:
  explicit Gauges(const ledger::Run& run)
      : labels_{{"mode", std::string(ledger::to_string(run.mode))}, {"store", run.store}} {}

  void add(const char* name, const char* help, double value) { sample(family(name, help), {}, value); }
  void add(const char* name, const char* help, bool value) { add(name, help, value ? 1.0 : 0.0); }
  void add(const char* name, const char* help, std::uint64_t value) {
    add(name, help, static_cast<double>(value));
  }
  void add(const char* name, const char* help, consent::Timestamp time) {
    add(name, help, in_seconds(time.time_since_epoch()));
  }

  MetricFamily& family(const char* name, const char* help) {
    families_.push_back({std::string("consent_sync_") + name, help, prometheus::MetricType::Gauge, {}});
    return families_.back();
  }
  void sample(MetricFamily& of, std::vector<ClientMetric::Label> labels, double value) const {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.label.insert(metric.label.end(), labels_.begin(), labels_.end());
    metric.gauge.value = value;
    of.metric.push_back(std::move(metric));
  }

  std::vector<MetricFamily> take() { return std::move(families_); }

 private:
  const std::vector<ClientMetric::Label> labels_;
  std::vector<MetricFamily> families_;
};

void add_life(Gauges& gauges, const MetricsFacts& facts, consent::Timestamp now) {
  const ledger::Run& run = facts.run;
  gauges.sample(gauges.family("run_info", "The run that the other metrics are about."),
                {{"run_id", run.id}, {"version", run.tool_version}}, 1.0);
  gauges.add("running", "Whether the run is under way.", !run.ended_at.has_value());
  gauges.add("run_start_timestamp_seconds", "When the run began.", run.started_at);
  gauges.add("run_duration_seconds", "From the run's begin to its end, or to now.",
             in_seconds(run.ended_at.value_or(now) - run.started_at));
  if (run.ended_at) gauges.add("run_end_timestamp_seconds", "When the run ended.", *run.ended_at);
  if (run.exit_code) {
    gauges.add("run_exit_code", "How the run ended; 0: every row ended ok.",
               static_cast<double>(*run.exit_code));
  }
  if (facts.last_success) {
    gauges.add("last_success_timestamp_seconds", "When the last run ended in which every row ended ok.",
               *facts.last_success);
  }
}

void add_rows(Gauges& gauges, const MetricsFacts& facts) {
  MetricFamily& rows = gauges.family("run_rows", "Rows of the input, by their outcome.");
  for (const consent::Outcome outcome : consent::all_outcomes) {
    gauges.sample(rows, {{"outcome", std::string(to_string(outcome))}},
                  static_cast<double>(facts.rows[outcome]));
  }
  gauges.add("run_planned_changes", "Customers whose choice the run planned to change.",
             facts.changes.changes);
  gauges.add("run_planned_withdrawals", "Planned changes that take a consent away.",
             facts.changes.withdrawing);
  gauges.add("run_planned_grants", "Planned changes that grant a consent.", facts.changes.granting);
}

void add_requests(Gauges& gauges, const ledger::Traffic& traffic) {
  MetricFamily& requests = gauges.family("run_requests", "Requests sent to the store, every try.");
  gauges.sample(requests, {{"method", "put"}}, static_cast<double>(traffic.put));
  gauges.sample(requests, {{"method", "get"}}, static_cast<double>(traffic.get));
  gauges.add("run_retries", "Tries after the first of a row, those answered 429 aside.", traffic.retried);
  gauges.add("run_throttled_requests", "Requests that the store answered with 429.", traffic.throttled);
  gauges.add("run_reopened_connections", "Stale connections that were replaced.", traffic.reopened);
  if (traffic.latency.count() == 0) return;
  MetricFamily& latency = gauges.family("run_request_latency_seconds",
                                        "Request written to reply read, which this share does not exceed.");
  const auto quantile = [&](const char* percentile, double q) {
    gauges.sample(latency, {{"percentile", percentile}}, in_seconds(traffic.latency.quantile(q)));
  };
  quantile("50", 0.5);
  quantile("95", 0.95);
  quantile("99", 0.99);
  quantile("100", 1.0);
}

void add_store(Gauges& gauges, const MetricsFacts& facts, const ledger::Traffic& traffic) {
  if (traffic.quota != 0) {
    gauges.add("quota_requests", "Requests that the store offers in a window of its quota.", traffic.quota);
    gauges.add("quota_window_seconds", "Length of a window of the store's quota.",
               in_seconds(traffic.window));
  }
  if (!facts.progress) return;
  gauges.add("requests_in_flight", "Requests that await their reply.",
             static_cast<double>(facts.progress->in_flight));
  gauges.add("store_available", "Whether the store is being sent to, and not paused as out of order.",
             facts.progress->breaker == pace::Breaker::State::closed);
}

}  // namespace

std::vector<MetricFamily> metric_families(const MetricsFacts& facts, consent::Timestamp now) {
  const ledger::Traffic& traffic = facts.progress ? facts.progress->traffic : facts.run.traffic;
  Gauges gauges(facts.run);
  add_life(gauges, facts, now);
  add_rows(gauges, facts);
  add_requests(gauges, traffic);
  add_store(gauges, facts, traffic);
  return gauges.take();
}

std::string metrics_text(const MetricsFacts& facts, consent::Timestamp now) {
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, metric_families(facts, now));
  return text.str();
}

}  // namespace consent_sync::app
