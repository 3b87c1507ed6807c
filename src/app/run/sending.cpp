#include "sending.hpp"

#include <random>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <consent_sync/sync/engine.hpp>

#include "../exit_code.hpp"
#include "../progress_view.hpp"
#include "../version.hpp"
#include "signals.hpp"

namespace consent_sync::app {
namespace asio = boost::asio;
namespace {

using Clock = std::chrono::steady_clock;

sync::EngineOptions engine_options(const Config& config) {
  sync::EngineOptions options;
  options.pace.share = config.rate.share;
  options.pace.shape = config.rate.shape;
  options.pace.max_requests_per_second = config.rate.max_requests_per_second;
  options.pace.connections = config.http.connections;
  options.pace.breaker.give_up_after = config.retry.give_up_after;
  options.retry = {config.retry.attempts, {config.retry.base_delay, config.retry.max_delay}};
  options.retry_budget.share = config.retry.budget;
  options.seed = std::random_device()();
  return options;
}

std::unique_ptr<store::ClientFactory> make_clients(const Config& config, const std::string& token,
                                                   const ledger::Run& run) {
  try {
    return store::make_client_factory(client_options(config, token, run.correlation_id));
  } catch (const std::invalid_argument& problem) {
    throw Failure(ExitCode::usage, problem.what());
  }
}

/// Shows how the sending goes: often on a terminal, seldom in a log. What a person should know at once is a
/// warning.
class ProgressReporter {
 public:
  ProgressReporter(asio::io_context& io, const sync::Engine& engine, std::uint64_t queued,
                   const Config& config, Terminal& terminal)
      : engine_(engine),
        queued_(queued),
        config_(config),
        terminal_(terminal),
        timer_(io),
        started_(Clock::now()),
        told_at_(started_) {
    wait();
  }

  void tell() const { spdlog::info("{}", progress_sentence(facts())); }

 private:
  SendingFacts facts() const {
    return {engine_.progress(), queued_,
            std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_)};
  }

  void wait() {
    timer_.expires_after(std::chrono::milliseconds{200});
    timer_.async_wait([this](boost::system::error_code error) {
      if (error) return;
      warn_of_trouble();
      show();
      wait();
    });
  }

  void show() {
    if (config_.quiet) return;
    if (terminal_.is_interactive()) {
      terminal_.status(progress_bar(facts(), terminal_.width()));
    } else if (Clock::now() - told_at_ >= std::chrono::seconds{10}) {
      told_at_ = Clock::now();
      tell();
    }
  }

  void warn_of_trouble() {
    const sync::Progress now = engine_.progress();
    const bool in_trouble = now.breaker != pace::Breaker::State::closed;
    if (in_trouble && !was_in_trouble_) {
      spdlog::warn("the store is in trouble ({}): pausing, and asking again now and then, for {} at most",
                   now.last_failure, show_time(config_.retry.give_up_after));
    } else if (was_in_trouble_ && !in_trouble) {
      spdlog::info("the store is well again");
    }
    was_in_trouble_ = in_trouble;
  }

  const sync::Engine& engine_;
  const std::uint64_t queued_;
  const Config& config_;
  Terminal& terminal_;
  asio::steady_timer timer_;
  const Clock::time_point started_;
  Clock::time_point told_at_;
  bool was_in_trouble_ = false;
};

ExitCode exit_code_of(const sync::Stopped& stopped, const Signals& signals) {
  switch (stopped.by) {
    case sync::Stopped::By::request:
      return signals.exit_code();
    case sync::Stopped::By::store_refused:
      return ExitCode::store_refused;
    case sync::Stopped::By::misconfigured:
      return ExitCode::usage;
    case sync::Stopped::By::store_unavailable:
      return ExitCode::store_unavailable;
  }
  return ExitCode::defect;
}

void obey(Signals& signals, sync::Engine& engine, const ProgressReporter& reporter) {
  signals.on_ask = [&reporter] { reporter.tell(); };
  signals.on_end = [&signals, &engine](int count) {
    if (count == 1) {
      spdlog::warn("{}: requests in flight are let finish; once more stops at once", signals.reason());
      engine.stop({sync::Stopped::By::request, signals.reason()});
    } else {
      spdlog::warn("stopping at once; what was in flight may have been applied, and will be sent again");
      engine.abort();
    }
  };
}

}  // namespace

store::ClientOptions client_options(const Config& config, const std::string& token,
                                    const std::string& correlation_id) {
  store::ClientOptions options;
  options.api_url = config.store.api_url;
  options.store_hash = config.store.hash;
  options.token = token;
  options.ca_file = config.store.ca_file;
  options.user_agent = fmt::format("consent-sync/{}", version);
  options.correlation_id = correlation_id;
  options.timeout = config.http.timeout;
  return options;
}

SendingEnd send_run(ledger::Ledger& ledger, const ledger::Run& run, const Config& config,
                    const std::string& token, Terminal& terminal) {
  const std::unique_ptr<store::ClientFactory> clients = make_clients(config, token, run);
  const std::uint64_t queued = ledger.counts(run.id)[consent::Outcome::pending];
  asio::io_context io(1);
  Signals signals(io);
  sync::Engine engine(io, *clients, ledger, run, engine_options(config));
  ProgressReporter reporter(io, engine, queued, config, terminal);
  obey(signals, engine, reporter);
  spdlog::info("sending {} changes to {}", show_count(queued), config.store.api_url);

  std::optional<sync::Stopped> stopped;
  std::exception_ptr failure;
  asio::co_spawn(io, engine.run(), [&](std::exception_ptr thrown, std::optional<sync::Stopped> how) {
    failure = thrown;
    stopped = std::move(how);
    io.stop();  // signals and progress would wait for ever
  });
  io.run();
  if (failure) std::rethrow_exception(failure);
  if (!stopped) return {};
  return {exit_code_of(*stopped, signals), stopped->reason};
}

}  // namespace consent_sync::app
