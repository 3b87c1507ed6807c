#include "carrying_out.hpp"

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "../hold_store.hpp"
#include "../monitoring/monitor.hpp"
#include "../progress_view.hpp"
#include "../token.hpp"
#include "asking.hpp"
#include "ending.hpp"
#include "planning.hpp"
#include "quick_exit.hpp"
#include "sending.hpp"

namespace consent_sync::app {
namespace {

// Found out before anything is sent rather than after everything was.
void require_report_directory(const Config& config) {
  std::error_code problem;
  std::filesystem::create_directories(config.report.dir, problem);
  if (!problem && ::access(config.report.dir.c_str(), W_OK) != 0) {
    problem = std::error_code(errno, std::generic_category());
  }
  if (!problem) return;
  throw Failure(ExitCode::usage, fmt::format("report.dir: {} cannot be written: {}; nothing was sent",
                                             config.report.dir, problem.message()));
}

/// A task under way: the ledger it writes, and all it needs to go on.
class Work {
 public:
  Work(ledger::Ledger& ledger, const Config& config, const Task& task, std::string token, Monitor& monitor,
       Terminal& terminal)
      : ledger_(ledger),
        config_(config),
        task_(task),
        token_(std::move(token)),
        pacing_(pacing_of(config)),
        monitor_(monitor),
        terminal_(terminal) {}

  ExitCode run() {
    const StagedRun staged = stage_run(ledger_, config_, task_, terminal_);
    if (staged.is_resumed) return send(staged.run);
    // What the approved plan saw is what its run has to see.
    if (!task_.plan.empty()) ledger_.adopt_observations(staged.run.id, task_.plan);
    plan::Pace pace = assumed_pace(config_);
    std::uint64_t unasked_addresses = 0;
    if (staged.is_by_email) {
      const SendingEnd asked = look_addresses_up(staged.run, pace);
      if (asked.stopped_with) return end(staged.run, asked);
      unasked_addresses = identify_customers(ledger_, staged.run, policy_of(staged),
                                             addresses_known_since(staged.run, config_), terminal_);
    }
    if (asks_first()) {
      const SendingEnd asked =
          ask_store(ledger_, staged.run, policy_of(staged), config_, token_, pacing_, pace, terminal_);
      exit_on_signals(config_.log.format);
      if (asked.stopped_with) return end(staged.run, asked);
    }
    const std::optional<std::string> exceeded =
        plan_run(ledger_, staged.run, policy_of(staged), config_, pace, unasked_addresses, terminal_);
    if (exceeded) return refuse(staged.run, *exceeded);
    if (task_.mode != ledger::Mode::dry_run) return send(ledger_.find_run(staged.run.id).value());
    return conclude(staged.run, exit_code_of(ledger_.counts(staged.run.id)), "");
  }

 private:
  plan::Policy policy_of(const StagedRun& staged) const {
    plan::Policy policy = config_.policy;
    policy.composition = staged.composition;
    policy.restores = !staged.run.undoes.empty();
    policy.dry_run = task_.mode == ledger::Mode::dry_run;
    return policy;
  }

  bool is_offline() const { return task_.mode == ledger::Mode::dry_run && !config_.online; }

  SendingEnd look_addresses_up(const ledger::Run& run, plan::Pace& pace) {
    ledger_.forget_addresses(run.store, addresses_known_since(run, config_));
    if (is_offline()) return {};
    const SendingEnd asked = app::look_addresses_up(ledger_, run, config_, token_, pacing_, pace, terminal_);
    exit_on_signals(config_.log.format);
    return asked;
  }

  bool asks_first() const {
    if (task_.mode == ledger::Mode::dry_run) return config_.online;
    return task_.mode == ledger::Mode::sync && task_.plan.empty() &&
           (config_.policy.preflight || config_.policy.check_store == plan::CheckStore::all);
  }

  // It is no run to resume: the same command meets the same limit again.
  ExitCode refuse(const ledger::Run& run, const std::string& limit) {
    spdlog::error("{}", limit);
    ledger_.abandon_run(run.id);
    return conclude(run, ExitCode::safety_limit, limit);
  }

  ExitCode send(const ledger::Run& run) {
    monitor_.on_planned(ledger_, run.id);
    const SendingEnd sent = send_run(ledger_, run, config_, token_, pacing_, monitor_, terminal_);
    exit_on_signals(config_.log.format);
    return end(run, sent);
  }

  ExitCode end(const ledger::Run& run, const SendingEnd& how) {
    const ExitCode code = how.stopped_with ? *how.stopped_with : exit_code_of(ledger_.counts(run.id));
    const bool was_asked_to = code == ExitCode::interrupted || code == ExitCode::terminated;
    if (how.stopped_with && !was_asked_to) spdlog::error("{}", how.reason);
    if (how.is_final) ledger_.abandon_run(run.id);
    return conclude(run, code, how.reason);
  }

  ExitCode conclude(const ledger::Run& run, ExitCode code, const std::string& reason) {
    sync::close_quota_account(ledger_, run.id, pacing_.pacer);
    const ExitCode last_word = conclude_run(ledger_, run.id, config_, code, reason, terminal_);
    monitor_.on_ended(ledger_, run.id, last_word);
    return last_word;
  }

  ledger::Ledger& ledger_;
  const Config& config_;
  const Task& task_;
  const std::string token_;
  sync::Pacing pacing_;
  Monitor& monitor_;
  Terminal& terminal_;
};

}  // namespace

ExitCode carry_out(const Config& config, const Task& task, Terminal& terminal) {
  if (config.quiet) terminal.be_quiet();
  exit_on_signals(config.log.format);
  const bool is_offline = task.mode == ledger::Mode::dry_run && !config.online;
  std::string token = is_offline ? "" : read_token(config);
  require_report_directory(config);
  Monitor monitor(config, task.mode);  // before the lock: whoever waits for a hook holds up no other run
  const std::unique_ptr<ledger::StoreLock> lock = hold_store(config, config.store.hash);
  const std::unique_ptr<ledger::Ledger> ledger = ledger::open_ledger(config.ledger);
  monitor.begin();
  return Work(*ledger, config, task, std::move(token), monitor, terminal).run();
}

}  // namespace consent_sync::app
