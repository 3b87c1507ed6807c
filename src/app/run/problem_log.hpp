#pragma once

#include <string>

#include <consent_sync/consent/record.hpp>
#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::app {

/// Logs rows that end as a problem as they do: the first of each kind as warnings, the rest at level debug.
/// The report has them all.
class ProblemLog {
 public:
  /// Says nothing of a row that ended otherwise.
  void tell(consent::LineNumber row, consent::Outcome outcome, const std::string& reason);

 private:
  ledger::OutcomeCounts told_;
};

}  // namespace consent_sync::app
