#include "asking.hpp"

#include <functional>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>

#include <consent_sync/plan/planner.hpp>
#include <consent_sync/sync/address_lookup.hpp>
#include <consent_sync/sync/preflight.hpp>

#include "../figures.hpp"
#include "errand.hpp"

namespace consent_sync::app {
namespace asio = boost::asio;
namespace {

using Wanted = std::function<bool(const ledger::CustomerRows&)>;

std::uint64_t count_customers(ledger::Ledger& ledger, const ledger::RunId& run, const Wanted& wanted) {
  std::uint64_t count = 0;
  ledger.for_each_customer(run,
                           [&](const ledger::CustomerRows& customer) { count += wanted(customer) ? 1 : 0; });
  return count;
}

class Asking {
 public:
  Asking(ledger::Ledger& ledger, const Config& config, store::ClientFactory& clients, ledger::StoreLock& lock,
         sync::Pacing& pacing, plan::Pace& pace, const std::optional<Deadline>& deadline, Terminal& terminal)
      : ledger_(ledger),
        config_(config),
        clients_(clients),
        lock_(lock),
        pacing_(pacing),
        pace_(pace),
        deadline_(deadline),
        terminal_(terminal) {}

  SendingEnd whose_addresses(const ledger::Run& run, consent::Timestamp since) {
    const std::uint64_t count = ledger_.count_unasked_addresses(run.id, since);
    if (count == 0) return {};
    Errand errand{
        count, "addresses",
        fmt::format("asking {} whose {} e-mail addresses are", config_.store.api_url, show_count(count))};
    errand.deadline = deadline_;
    asio::io_context io(1);
    const bool preflight = config_.policy.preflight || config_.online;
    sync::AddressLookup lookup(io, clients_, ledger_, run, pacing_, engine_options(config_, lock_), since,
                               preflight);
    SendingEnd end = run_errand(io, lookup, std::move(errand), config_, terminal_);
    learn(lookup.progress());
    return end;
  }

  SendingEnd which_exist(const ledger::Run& run) {
    const std::uint64_t count = count_customers(
        ledger_, run.id, [](const ledger::CustomerRows& customer) { return !customer.observed; });
    Errand errand{
        count, "customers",
        fmt::format("asking {} which of {} customers exist", config_.store.api_url, show_count(count))};
    errand.deadline = deadline_;
    asio::io_context io(1);
    sync::Preflight preflight(io, clients_, ledger_, run, pacing_, engine_options(config_, lock_));
    SendingEnd end = run_errand(io, preflight, std::move(errand), config_, terminal_);
    learn(preflight.progress());
    return end;
  }

  SendingEnd what_they_hold(const ledger::Run& run, const Wanted& wanted) {
    const std::uint64_t count = count_customers(ledger_, run.id, wanted);
    Errand errand{
        count, "customers",
        fmt::format("asking {} what it holds of {} customers", config_.store.api_url, show_count(count))};
    errand.deadline = deadline_;
    sync::EngineOptions options = engine_options(config_, lock_);
    options.asking.only_ask = true;
    sync::SurveyWork work(ledger_, run.id, wanted);
    asio::io_context io(1);
    sync::Engine engine(io, clients_, work, run, pacing_, options);
    SendingEnd end = run_errand(io, engine, std::move(errand), config_, terminal_);
    learn(engine.progress());
    return end;
  }

 private:
  void learn(const sync::Progress& progress) {
    if (progress.traffic.put + progress.traffic.get == 0) return;
    pace_.quota = static_cast<std::uint64_t>(progress.quota.value_or(0));
    pace_.window = progress.traffic.window;
    pace_.is_the_stores = true;
  }

  ledger::Ledger& ledger_;
  const Config& config_;
  store::ClientFactory& clients_;
  ledger::StoreLock& lock_;
  sync::Pacing& pacing_;
  plan::Pace& pace_;
  const std::optional<Deadline>& deadline_;
  Terminal& terminal_;
};

/// Whom the policy wants asked; of a dry run also those whose changes a sync would ask about one by one.
Wanted survey_of(const plan::Policy& policy) {
  if (policy.check_store == plan::CheckStore::all) return plan::is_open;
  return [policy](const ledger::CustomerRows& customer) {
    return plan::is_open(customer) && plan::would_change(customer, policy);
  };
}

}  // namespace

consent::Timestamp addresses_known_since(const ledger::Run& run, const Config& config) {
  return run.started_at - config.policy.email_cache;
}

SendingEnd look_addresses_up(ledger::Ledger& ledger, const ledger::Run& run, const Config& config,
                             const store::SecretText& token, ledger::StoreLock& lock, sync::Pacing& pacing,
                             plan::Pace& pace, const std::optional<Deadline>& deadline, Terminal& terminal) {
  const std::unique_ptr<store::ClientFactory> clients = make_clients(config, token, run, lock);
  return Asking(ledger, config, *clients, lock, pacing, pace, deadline, terminal)
      .whose_addresses(run, addresses_known_since(run, config));
}

SendingEnd ask_store(ledger::Ledger& ledger, const ledger::Run& run, const plan::Policy& policy,
                     const Config& config, const store::SecretText& token, ledger::StoreLock& lock,
                     sync::Pacing& pacing, plan::Pace& pace, const std::optional<Deadline>& deadline,
                     Terminal& terminal) {
  const std::unique_ptr<store::ClientFactory> clients = make_clients(config, token, run, lock);
  Asking asking(ledger, config, *clients, lock, pacing, pace, deadline, terminal);
  if (config.policy.preflight || config.online) {
    SendingEnd end = asking.which_exist(ledger.find_run(run.id).value());
    if (end.stopped_with) return end;
  }
  const bool surveys = config.policy.check_store == plan::CheckStore::all ||
                       (config.online && config.policy.check_store == plan::CheckStore::changes);
  if (!surveys) return {};
  return asking.what_they_hold(ledger.find_run(run.id).value(), survey_of(policy));
}

}  // namespace consent_sync::app
