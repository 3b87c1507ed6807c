#include "planning.hpp"

#include <random>

#include <spdlog/spdlog.h>

#include <consent_sync/plan/approved.hpp>
#include <consent_sync/plan/audit.hpp>
#include <consent_sync/plan/identification.hpp>
#include <consent_sync/plan/planner.hpp>
#include <consent_sync/plan/undo.hpp>

#include "../progress_view.hpp"

namespace consent_sync::app {
namespace {

void plan_audit(ledger::Ledger& ledger, const ledger::Run& run, const plan::Policy& policy,
                const Config& config) {
  const std::uint64_t seed = config.sample.seed.value_or(std::random_device()());
  const ledger::Sample sample = plan::plan_audit(ledger, run.id, policy, config.sample.size, seed);
  spdlog::info("audit {}: {} of {} customers are asked about", run.id, show_count(sample.drawn),
               show_count(sample.customers));
  ledger.commit_plan(run.id);
}

void announce(const ledger::Run& run, const plan::PlanTotals& totals) {
  spdlog::info("run {}: {} rows read, {} changes: {} take a consent away, {} grant one (some may do both)",
               run.id, show_count(totals.rows), show_count(totals.changes), show_count(totals.withdrawals),
               show_count(totals.grants));
}

void note_forecast(ledger::Ledger& ledger, const ledger::Run& run, const plan::PlanTotals& totals,
                   const Config& config, const plan::Pace& pace, std::uint64_t unasked_addresses) {
  const plan::Questions questions{config.policy.preflight, config.safety.canary, unasked_addresses};
  ledger.note_forecast(run.id, plan::forecast(totals, config.policy.check_store, questions, pace));
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

std::optional<std::string> plan_run(ledger::Ledger& ledger, const ledger::Run& run,
                                    const plan::Policy& policy, const Config& config, const plan::Pace& pace,
                                    std::uint64_t unasked_addresses, Terminal& terminal) {
  terminal.status("planning");
  if (run.mode == ledger::Mode::audit) {
    plan_audit(ledger, run, policy, config);
    return std::nullopt;
  }
  const plan::PlanTotals totals = make_plan(ledger, run, policy);
  announce(run, totals);
  if (policy.dry_run) note_forecast(ledger, run, totals, config, pace, unasked_addresses);
  std::optional<std::string> exceeded = plan::exceeded(totals, config.safety);
  if (!exceeded) ledger.commit_plan(run.id);
  return exceeded;
}

}  // namespace consent_sync::app
