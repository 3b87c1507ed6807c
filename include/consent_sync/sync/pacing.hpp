#pragma once

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/pace/pacer.hpp>
#include <consent_sync/pace/retry_budget.hpp>

namespace consent_sync::sync {

/// What everything that a run asks of its store has in common, from the first question to the last change:
/// one pace and one retry budget. A pacer of its own for each phase would take the requests of the phase
/// before for another client's.
struct Pacing {
  Pacing(const pace::PacerOptions& options, const pace::RetryBudgetOptions& retries)
      : pacer(options), retry_budget(retries) {}

  pace::Pacer pacer;
  pace::RetryBudget retry_budget;
};

/// Writes down the windows of the store's quota that are over and not written down yet.
void record_ended_windows(ledger::Ledger& ledger, const ledger::RunId& run, pace::Pacer& pacer);
/// The same and the present window as it stands: once, when nothing more is sent.
void close_quota_account(ledger::Ledger& ledger, const ledger::RunId& run, pace::Pacer& pacer);

}  // namespace consent_sync::sync
