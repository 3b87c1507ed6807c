#include <consent_sync/plan/forecast.hpp>

#include <algorithm>

namespace consent_sync::plan {
namespace {

std::uint64_t pages_of(std::uint64_t customers) {
  return (customers + customers_a_page - 1) / customers_a_page;
}

/// Asked before the first change.
std::uint64_t requests_before(const PlanTotals& totals, CheckStore check, const Questions& questions) {
  std::uint64_t requests = check == CheckStore::all ? totals.customers : 0;
  if (questions.preflight) requests += pages_of(totals.customers);
  return requests + pages_of(questions.addresses);
}

std::uint64_t requests_a_change(CheckStore check) {
  return check == CheckStore::never ? 1 : 2;
}

std::uint64_t requests_of(const PlanTotals& totals, CheckStore check, const Questions& questions) {
  return requests_before(totals, check, questions) + totals.changes * requests_a_change(check) +
         std::min(questions.canary, totals.changes);
}

/// The changes that so many requests pay for; each of the canary costs one more.
std::uint64_t changes_for(std::uint64_t requests, CheckStore check, std::uint64_t canary) {
  const std::uint64_t each = requests_a_change(check);
  const std::uint64_t in_canary = std::min(canary, requests / (each + 1));
  return in_canary < canary ? in_canary : canary + (requests - canary * (each + 1)) / each;
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

std::optional<ledger::Lateness> late_after(const PlanTotals& totals, CheckStore check,
                                           const Questions& questions, const Pace& pace,
                                           std::chrono::milliseconds available) {
  const double rate = per_second(pace);
  if (rate <= 0) return std::nullopt;
  const double seconds = std::max(0.0, std::chrono::duration<double>(available).count());
  const double most = static_cast<double>(requests_of(totals, check, questions));
  const auto requests = static_cast<std::uint64_t>(std::min(rate * seconds, most));
  const std::uint64_t before = requests_before(totals, check, questions);
  const std::uint64_t left = requests > before ? requests - before : 0;
  const std::uint64_t in_time = std::min(changes_for(left, check, questions.canary), totals.changes);
  ledger::Lateness late;
  late.changes = totals.changes - in_time;
  late.withdrawals = totals.withdrawals > in_time ? totals.withdrawals - in_time : 0;
  return late;
}

}  // namespace consent_sync::plan
