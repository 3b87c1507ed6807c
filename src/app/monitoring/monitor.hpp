#pragma once

#include <chrono>
#include <optional>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/sync/engine.hpp>

#include "../exit_code.hpp"
#include "../settings/config.hpp"
#include "hooks.hpp"
#include "metrics_export.hpp"

namespace consent_sync::app {

/// Tells those who are not here how a run goes: metrics and web hooks. A dry run is nobody's business but of
/// who started it: it must neither feed a dead man's switch nor take the place of the last real run. Nothing
/// that goes wrong here stops a run.
class Monitor {
 public:
  /// Throws a Failure when its settings cannot be used.
  Monitor(const Config& config, ledger::Mode mode);

  /// The store is ours, and reading begins.
  void begin();
  /// The run has its plan, or is taken up again.
  void on_planned(ledger::Ledger& ledger, const ledger::RunId& id);
  /// The store is busy with the run's changes; called as often as one likes.
  void on_progress(const sync::Progress& progress);
  /// The run's report is written.
  void on_ended(ledger::Ledger& ledger, const ledger::RunId& id, ExitCode code);

 private:
  using Clock = std::chrono::steady_clock;

  /// Brings the metrics up to date; a warning in the log when the ledger cannot say.
  void learn(ledger::Ledger& ledger, const ledger::RunId& id);

  const Config& config_;
  const ledger::Mode mode_;
  Hooks hooks_;
  MetricsExport metrics_;
  MetricsFacts facts_;
  Clock::time_point written_at_{};
};

/// A run ended before it had a report, or did not begin.
void tell_of_failure(const Config& config, ExitCode code, const std::string& sentence);

}  // namespace consent_sync::app
