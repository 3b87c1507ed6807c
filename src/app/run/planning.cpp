#include "planning.hpp"

#include <chrono>
#include <random>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <consent_sync/plan/approved.hpp>
#include <consent_sync/plan/audit.hpp>
#include <consent_sync/plan/identification.hpp>
#include <consent_sync/plan/planner.hpp>
#include <consent_sync/plan/undo.hpp>

#include "../figures.hpp"
#include "confirming.hpp"
#include "unfinished.hpp"

namespace consent_sync::app {
namespace {

void plan_audit(ledger::Ledger& ledger, const ledger::Run& run, const plan::Policy& policy,
                const Config& config) {
  const std::uint64_t seed = config.sample.seed.value_or(std::random_device()());
  const ledger::Sample sample = plan::plan_audit(ledger, run.id, policy, config.sample.size, seed);
  spdlog::info("audit {}: {} of {} customers are asked about", run.id, show_count(sample.drawn),
               show_count(sample.customers));
}

void announce(const ledger::Run& run, const plan::PlanTotals& totals) {
  spdlog::info("run {}: {} rows read, {} changes: {} take a consent away, {} grant one (some may do both)",
               run.id, show_count(totals.rows), show_count(totals.changes), show_count(totals.withdrawals),
               show_count(totals.grants));
  if (totals.by_order == 0) return;
  spdlog::warn(
      "run {}: of {} customers with several rows the last one counts, since none says when its choice was "
      "made: where the input has the time, map it (decided_at)",
      run.id, show_count(totals.by_order));
}

std::optional<ledger::Lateness> late_for(const Deadline& deadline, consent::Timestamp from,
                                         const plan::PlanTotals& totals, plan::CheckStore check,
                                         const plan::Questions& questions, const plan::Pace& pace) {
  const auto available = std::chrono::floor<std::chrono::milliseconds>(deadline.at - from);
  std::optional<ledger::Lateness> late = plan::late_after(totals, check, questions, pace, available);
  if (late) late->deadline = deadline.at;
  return late;
}

/// What a sync costs that begins with nothing asked.
ledger::Forecast forecast_of_all(const plan::PlanTotals& totals, const Config& config, const plan::Pace& pace,
                                 std::uint64_t unasked_addresses, const std::optional<Deadline>& deadline) {
  const plan::Questions questions{config.policy.preflight, config.safety.canary, unasked_addresses};
  ledger::Forecast forecast = plan::forecast(totals, config.policy.check_store, questions, pace);
  if (deadline)
    forecast.late = late_for(*deadline, consent::now(), totals, config.policy.check_store, questions, pace);
  return forecast;
}

/// What is asked around each change, once everything was asked that comes before the plan.
plan::CheckStore check_of_changes(const Config& config) {
  return config.policy.check_store == plan::CheckStore::never ? plan::CheckStore::never
                                                              : plan::CheckStore::changes;
}

std::string late_words(const ledger::Lateness& late) {
  const std::uint64_t grants = late.changes - late.withdrawals;
  if (late.changes == 0) return "all of them will make it";
  if (late.withdrawals == 0)
    return fmt::format("about {} grants will not make it, no withdrawals", show_count(grants));
  return fmt::format("about {} withdrawals and {} grants will not make it", show_count(late.withdrawals),
                     show_count(grants));
}

plan::PlanTotals make_plan(ledger::Ledger& ledger, const ledger::Run& run, const plan::Policy& policy) {
  if (!run.plan.empty()) return plan::make_approved_plan(ledger, run.id, run.plan, policy);
  if (!run.undoes.empty()) return plan::make_undo_plan(ledger, run, policy);
  return plan::make_plan(ledger, run.id, policy);
}

}  // namespace

std::uint64_t identify_customers(ledger::Ledger& ledger, const ledger::Run& run, const plan::Policy& policy,
                                 consent::Timestamp since, Terminal& terminal) {
  terminal.status("looking up whose addresses they are");
  const std::uint64_t unasked = ledger.count_unasked_addresses(run.id, since);
  const plan::Identified found = plan::identify_customers(ledger, run.id, policy, since);
  spdlog::info(
      "run {}: {} rows by e-mail address: {} of customers that are known, {} of nobody, {} of several "
      "customers, {} "
      "not known (not asked)",
      run.id, show_count(found.rows), show_count(found.known), show_count(found.not_found),
      show_count(found.shared), show_count(found.unresolved));
  return unasked;
}

plan::Pace assumed_pace(const Config& config) {
  plan::Pace pace;
  pace.quota = config.assumed_quota.quota;
  pace.window = config.assumed_quota.window;
  pace.share = config.rate.share;
  pace.max_per_second = config.rate.max_requests_per_second;
  return pace;
}

plan::Pace expected_pace(ledger::Ledger& ledger, const Config& config) {
  plan::Pace pace = assumed_pace(config);
  const std::optional<ledger::Run> last = ledger.last_run(config.store.hash, ledger::Mode::sync);
  if (!last || last->traffic.latency.count() == 0) return pace;
  pace.quota = last->traffic.quota;
  pace.window = last->traffic.window;
  pace.is_the_stores = true;
  return pace;
}

std::string time_sentence(ledger::Ledger& ledger, const ledger::Run& run, const Config& config,
                          const plan::Pace& pace, const Deadline& deadline, consent::Timestamp from) {
  plan::PlanTotals left;
  const ledger::QueuedCounts queued = ledger.queued(run.id);
  left.changes = queued.changes;
  left.withdrawals = queued.withdrawals;
  const plan::Questions questions{false, config.safety.canary, 0};
  const ledger::Forecast forecast = plan::forecast(left, check_of_changes(config), questions, pace);
  const auto late = late_for(deadline, from, left, check_of_changes(config), questions, pace);
  const std::string until = show_time(std::chrono::floor<std::chrono::milliseconds>(deadline.at - from));
  if (!late) {
    return fmt::format("how long {} changes take cannot be told without a quota; {} comes in {}",
                       show_count(left.changes), deadline.name, until);
  }
  const std::string quota = pace.quota == 0 ? std::string()
                                            : fmt::format(" at {:g} of {} {} requests in {}", pace.share,
                                                          pace.is_the_stores ? "the store's" : "an assumed",
                                                          show_count(pace.quota), show_time(pace.window));
  return fmt::format("{} changes take about {}{}; {} comes in {}: {}", show_count(left.changes),
                     show_time(forecast.duration), quota, deadline.name, until, late_words(*late));
}

std::optional<std::string> plan_run(ledger::Ledger& ledger, const StagedRun& staged,
                                    const plan::Policy& policy, const Config& config, const plan::Pace& pace,
                                    std::uint64_t unasked_addresses, const std::optional<Deadline>& deadline,
                                    Terminal& terminal) {
  terminal.status("planning");
  const ledger::Run& run = staged.run;
  if (run.mode == ledger::Mode::audit) {
    plan_audit(ledger, run, policy, config);
    commit_in_place_of(ledger, staged.unfinished, run);
    return std::nullopt;
  }
  const plan::PlanTotals totals = make_plan(ledger, run, policy);
  announce(run, totals);
  if (policy.dry_run)
    ledger.note_forecast(run.id, forecast_of_all(totals, config, pace, unasked_addresses, deadline));
  // Beside others a store has the command line of all.
  const std::string this_store = config.supervised_since ? "--only-store " + run.store : "";
  std::optional<std::string> refused = plan::exceeded(totals, config.safety, this_store);
  // An approved plan was looked at by whoever names it.
  if (!refused && !policy.dry_run && run.plan.empty()) {
    const plan::Questions questions{false, config.safety.canary, 0};
    const ledger::Forecast forecast = plan::forecast(totals, check_of_changes(config), questions, pace);
    refused = unconfirmed(ledger, run, totals, forecast, config, terminal);
  }
  if (!refused) commit_in_place_of(ledger, staged.unfinished, run);
  return refused;
}

}  // namespace consent_sync::app
