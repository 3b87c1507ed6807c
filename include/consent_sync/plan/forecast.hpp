#pragma once

#include <cstdint>
#include <optional>

#include <consent_sync/ledger/run.hpp>
#include <consent_sync/plan/limits.hpp>
#include <consent_sync/plan/policy.hpp>

namespace consent_sync::plan {

/// How fast the store may be asked.
struct Pace {
  std::uint64_t quota = 0;              ///< requests a window; 0: without a quota
  std::chrono::milliseconds window{0};  ///< of the quota
  double share = 1;                     ///< of the quota that a run uses
  std::optional<double> max_per_second;
  bool is_the_stores = false;  ///< the store named its quota itself
};

/// What else a run asks the store, besides its changes.
struct Questions {
  bool preflight = false;       ///< policy.preflight: one request for every `customers_a_page` customers
  std::uint64_t canary = 0;     ///< safety.canary: a GET for each of so many changes
  std::uint64_t addresses = 0;  ///< e-mail addresses to ask about: one request for every `customers_a_page`
};

inline constexpr std::uint64_t customers_a_page = 250;  ///< of the API's GET /customers

/// The requests that a sync of this plan sends when nothing has to be tried twice, and how long the quota
/// makes them take. Without any limit on the pace the duration is 0: not known.
ledger::Forecast forecast(const PlanTotals& totals, CheckStore check, const Questions& questions,
                          const Pace& pace);

/// What of the plan is not sent within `available`, when what is sent first is asked and changed as
/// forecast() counts it: its `deadline` is for the caller to say. Nothing when the pace is not limited: there
/// is no telling.
std::optional<ledger::Lateness> late_after(const PlanTotals& totals, CheckStore check,
                                           const Questions& questions, const Pace& pace,
                                           std::chrono::milliseconds available);

}  // namespace consent_sync::plan
