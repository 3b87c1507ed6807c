#include "sending.hpp"

#include <algorithm>
#include <random>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/io_context.hpp>

#include <consent_sync/sync/engine.hpp>

#include "../exit_code.hpp"
#include "../figures.hpp"
#include "../version.hpp"
#include "errand.hpp"
#include "problem_log.hpp"

namespace consent_sync::app {
namespace asio = boost::asio;
namespace {

using consent::Outcome;

sync::AskingOptions asking_for(const ledger::Run& run, const Config& config) {
  sync::AskingOptions asking;
  asking.only_ask = run.mode == ledger::Mode::audit;
  asking.check = config.policy.check_store != plan::CheckStore::never;
  asking.approved = !run.plan.empty() || !run.undoes.empty();
  asking.policy = static_cast<const plan::Policy&>(config.policy);
  asking.policy.restores = !run.undoes.empty();
  return asking;
}

// Of what was sent every answer has to be as asked, and something has to have been sent or found so already:
// a canary that met nobody proves nothing.
bool is_well(const ledger::OutcomeCounts& ended) {
  for (const Outcome bad : {Outcome::rejected, Outcome::mismatch, Outcome::failed, Outcome::unknown}) {
    if (ended[bad] != 0) return false;
  }
  return ended.total() == 0 || ended[Outcome::applied] + ended[Outcome::unchanged] != 0;
}

std::unique_ptr<store::ClientFactory> make_factory(const Config& config,
                                                   const store::ClientOptions& options) {
  try {
    return store::make_client_factory(options);
  } catch (const std::invalid_argument& problem) {
    throw Failure(ExitCode::usage, with_place(config, problem.what()));
  }
}

SendingEnd judge_canary(const ledger::OutcomeCounts& ended) {
  if (is_well(ended)) {
    spdlog::info("the canary is well: {} changes were confirmed and read back; going on",
                 show_count(ended[Outcome::applied]));
    return {};
  }
  SendingEnd end;
  end.stopped_with = ExitCode::safety_limit;
  end.is_final = true;
  end.reason = fmt::format(
      "safety.canary: of the first {} changes {} are as asked: nothing more was sent. Look at the rows that "
      "are not, then "
      "plan anew",
      show_count(ended.total()), show_count(ended[Outcome::applied] + ended[Outcome::unchanged]));
  return end;
}

/// Sends one run's changes, with the clients they leave by.
class Sending {
 public:
  Sending(ledger::Ledger& ledger, const Config& config, store::ClientFactory& clients,
          ledger::StoreLock& lock, sync::Pacing& pacing, const std::optional<Deadline>& deadline,
          Monitor& monitor, Terminal& terminal)
      : ledger_(ledger),
        config_(config),
        clients_(clients),
        lock_(lock),
        pacing_(pacing),
        deadline_(deadline),
        monitor_(monitor),
        terminal_(terminal),
        problems_(config) {}

  SendingEnd canary(const ledger::Run& run) {
    const ledger::OutcomeCounts rows = ledger_.counts(run.id);
    const std::uint64_t size = std::min(config_.safety.canary, ledger_.queued(run.id).changes);
    Errand errand{
        size,
        "changes of the canary",
        fmt::format("sending a canary of {} changes to {}; the rest follows when all are read back as asked",
                    show_count(size), config_.store.api_url),
        rows,
        watch(),
        deadline_};
    sync::EngineOptions options = options_for(run);
    options.asking.read_back = true;
    sync::QueueWork work(ledger_, run.id, size);
    asio::io_context io(1);
    sync::Engine engine(io, clients_, work, run, pacing_, options);
    SendingEnd end = run_errand(io, engine, std::move(errand), config_, terminal_);
    return end.stopped_with ? end : judge_canary(engine.progress().ended);
  }

  SendingEnd all(const ledger::Run& run) {
    const bool asks = run.mode == ledger::Mode::audit;
    const ledger::OutcomeCounts rows = ledger_.counts(run.id);
    const std::uint64_t queued = ledger_.queued(run.id).changes;
    Errand errand{queued,
                  asks ? "customers" : "changes",
                  asks
                      ? fmt::format("asking {} about {} customers", config_.store.api_url, show_count(queued))
                      : fmt::format("sending {} changes to {}", show_count(queued), config_.store.api_url),
                  rows,
                  watch(),
                  deadline_};
    sync::QueueWork work(ledger_, run.id);
    asio::io_context io(1);
    sync::Engine engine(io, clients_, work, run, pacing_, options_for(run));
    return run_errand(io, engine, std::move(errand), config_, terminal_);
  }

 private:
  sync::EngineOptions options_for(const ledger::Run& run) {
    sync::EngineOptions options = engine_options(config_, lock_);
    options.asking = asking_for(run, config_);
    options.on_ended = [this](const consent::ChangeResult& result) {
      problems_.tell(result.change.line, result.change.customer, result.outcome, result.reason);
    };
    return options;
  }

  std::function<void(const sync::Progress&)> watch() {
    return [this](const sync::Progress& progress) { monitor_.on_progress(progress); };
  }

  ledger::Ledger& ledger_;
  const Config& config_;
  store::ClientFactory& clients_;
  ledger::StoreLock& lock_;
  sync::Pacing& pacing_;
  const std::optional<Deadline>& deadline_;
  Monitor& monitor_;
  Terminal& terminal_;
  ProblemLog problems_;
};

}  // namespace

sync::Pacing pacing_of(const Config& config) {
  pace::PacerOptions pace;
  pace.share = config.rate.share;
  pace.shape = config.rate.shape;
  pace.max_requests_per_second = config.rate.max_requests_per_second;
  pace.connections = config.http.connections;
  pace.breaker.give_up_after = config.retry.give_up_after;
  pace::RetryBudgetOptions retries;
  retries.share = config.retry.budget;
  return sync::Pacing(pace, retries);
}

sync::EngineOptions engine_options(const Config& config, ledger::StoreLock& lock) {
  sync::EngineOptions options;
  options.is_ours = [&lock] { return lock.is_held(); };
  options.retry = {config.retry.attempts, {config.retry.base_delay, config.retry.max_delay}};
  options.seed = std::random_device()();
  return options;
}

std::unique_ptr<store::ClientFactory> make_clients(const Config& config, const store::SecretText& token,
                                                   const ledger::Run& run, ledger::StoreLock& lock) {
  store::ClientOptions options = client_options(config, token, run.correlation_id);
  options.threads = std::min(config.http.threads, config.http.connections);
  options.may_send = [&lock] { return lock.is_held(); };
  return make_factory(config, options);
}

void require_clients(const Config& config, const store::SecretText& token) {
  const store::SecretText stand_in = "none";  // who does not ask needs none
  make_factory(config, client_options(config, token.empty() ? stand_in : token, "no run yet"));
}

store::ClientOptions client_options(const Config& config, const store::SecretText& token,
                                    const std::string& correlation_id) {
  store::ClientOptions options;
  options.api_url = config.store.api_url;
  options.allow_plain_http = config.store.allow_plain_http;
  options.store_hash = config.store.hash;
  options.token = token;
  options.ca_file = config.store.ca_file;
  options.proxy = store::proxy_variables_of_environment();
  options.user_agent = fmt::format("consent-sync/{}", version);
  options.correlation_id = correlation_id;
  options.timeout = config.http.timeout;
  return options;
}

SendingEnd send_run(ledger::Ledger& ledger, const ledger::Run& run, const Config& config,
                    const store::SecretText& token, ledger::StoreLock& lock, sync::Pacing& pacing,
                    const std::optional<Deadline>& deadline, Monitor& monitor, Terminal& terminal) {
  const std::unique_ptr<store::ClientFactory> clients = make_clients(config, token, run, lock);
  Sending sending(ledger, config, *clients, lock, pacing, deadline, monitor, terminal);
  if (config.safety.canary == 0 || run.mode != ledger::Mode::sync) return sending.all(run);
  SendingEnd canary = sending.canary(run);
  return canary.stopped_with ? canary : sending.all(ledger.find_run(run.id).value());
}

}  // namespace consent_sync::app
