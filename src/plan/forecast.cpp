#include <consent_sync/plan/forecast.hpp>

#include <algorithm>

namespace consent_sync::plan {
namespace {

std::uint64_t pages_of(std::uint64_t customers) {
  return (customers + customers_a_page - 1) / customers_a_page;
}

std::uint64_t requests_of(const PlanTotals& totals, CheckStore check, const Questions& questions) {
  std::uint64_t requests = totals.changes;
  if (check != CheckStore::never) requests += totals.changes;
  if (check == CheckStore::all) requests += totals.customers;
  if (questions.preflight) requests += pages_of(totals.customers);
  requests += pages_of(questions.addresses);
  return requests + std::min(questions.canary, totals.changes);
}

double per_second(const Pace& pace) {
  double rate = 0;
  if (pace.quota != 0 && pace.window.count() > 0) {
    rate = static_cast<double>(pace.quota) * pace.share / std::chrono::duration<double>(pace.window).count();
  }
  if (pace.max_per_second) rate = rate > 0 ? std::min(rate, *pace.max_per_second) : *pace.max_per_second;
  return rate;
}

}  // namespace

ledger::Forecast forecast(const PlanTotals& totals, CheckStore check, const Questions& questions,
                          const Pace& pace) {
  ledger::Forecast forecast;
  forecast.requests = requests_of(totals, check, questions);
  forecast.quota = pace.quota;
  forecast.window = pace.window;
  forecast.share = pace.share;
  forecast.quota_is_the_stores = pace.is_the_stores;
  if (const double rate = per_second(pace); rate > 0) {
    forecast.duration = std::chrono::milliseconds(
        static_cast<std::int64_t>(static_cast<double>(forecast.requests) / rate * 1000.0));
  }
  return forecast;
}

}  // namespace consent_sync::plan
