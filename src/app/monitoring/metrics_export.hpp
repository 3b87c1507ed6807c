#pragma once

#include <memory>
#include <string>

#include "metrics.hpp"

namespace prometheus {
class Exposer;
}

namespace consent_sync::app {

/// Offers metrics to Prometheus: in a file for node_exporter, and over HTTP while the object lives. What
/// cannot be offered is a warning in the log, once, and nothing else.
class MetricsExport {
 public:
  /// Empty: not in that way.
  MetricsExport(std::string file, const std::string& listen);
  ~MetricsExport();

  /// For whoever asks from here on.
  void serve(MetricsFacts facts);
  /// Replaces the file, in one step.
  void write(const MetricsFacts& facts);

 private:
  class Served;

  const std::string file_;
  std::shared_ptr<Served> served_;
  std::unique_ptr<prometheus::Exposer> server_;  ///< after `served_`: its threads end before that goes
  bool warned_ = false;
};

}  // namespace consent_sync::app
