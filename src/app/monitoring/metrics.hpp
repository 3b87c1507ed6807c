#pragma once

#include <optional>
#include <string>
#include <vector>

#include <prometheus/metric_family.h>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/sync/engine.hpp>

namespace consent_sync::app {

/// What metrics tell of a run, under way or ended.
struct MetricsFacts {
  ledger::Run run;
  ledger::OutcomeCounts rows;
  ledger::ChangeCounts changes;
  std::optional<sync::Progress> progress;          ///< while the store is busy with it
  std::optional<consent::Timestamp> last_success;  ///< end of the newest run like it that ended with 0
};

/// Gauges only: they describe one run, the last, and begin anew with the next. An ended run has `ended_at`.
std::vector<prometheus::MetricFamily> metric_families(const MetricsFacts& facts, consent::Timestamp now);

/// In Prometheus' text exposition format.
std::string metrics_text(const MetricsFacts& facts, consent::Timestamp now);

}  // namespace consent_sync::app
