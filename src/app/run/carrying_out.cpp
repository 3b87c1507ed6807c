#include "carrying_out.hpp"

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "../logging.hpp"
#include "../monitoring/monitor.hpp"
#include "../settings/deadline.hpp"
#include "../standard_output.hpp"
#include "asking.hpp"
#include "earlier_run.hpp"
#include "ending.hpp"
#include "hold_store.hpp"
#include "logged_reason.hpp"
#include "planning.hpp"
#include "pruning.hpp"
#include "quick_exit.hpp"
#include "sending.hpp"
#include "time_limit.hpp"
#include "token.hpp"
#include "unfinished.hpp"

namespace consent_sync::app {
namespace {

// Found out before anything is sent rather than after everything was.
void require_report_directory(const Config& config) {
  std::error_code problem;
  if (std::filesystem::create_directories(config.report.dir, problem)) {
    std::filesystem::permissions(config.report.dir, std::filesystem::perms::owner_all, problem);
  }
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
  Work(ledger::Ledger& ledger, ledger::StoreLock& lock, const Config& config, const Task& task,
       store::SecretText token, TimeLimit& limit, Monitor& monitor, Terminal& terminal)
      : ledger_(ledger),
        lock_(lock),
        config_(config),
        task_(task),
        token_(std::move(token)),
        pacing_(pacing_of(config)),
        limit_(limit),
        monitor_(monitor),
        terminal_(terminal) {}

  ExitCode run() {
    const StagedRun staged =
        task_.resumes ? stage_unfinished(ledger_, config_) : stage_run(ledger_, config_, task_, terminal_);
    plan::Pace pace =
        task_.mode == ledger::Mode::sync ? expected_pace(ledger_, config_) : assumed_pace(config_);
    if (staged.is_resumed) return send(staged.run, pace);
    // What the approved plan saw is what its run has to see.
    if (!task_.plan.empty()) ledger_.adopt_observations(staged.run.id, task_.plan);
    std::uint64_t unasked_addresses = 0;
    if (staged.is_by_email) {
      const SendingEnd asked = look_addresses_up(staged.run, pace);
      if (asked.stopped_with) return end(staged.run, asked);
      unasked_addresses = identify_customers(ledger_, staged.run, policy_of(staged),
                                             addresses_known_since(staged.run, config_), terminal_);
    }
    if (staged.unfinished) require_replaceable(ledger_, config_, *staged.unfinished, staged.run);
    if (asks_first()) {
      limit_.keep_off();
      const SendingEnd asked = ask_store(ledger_, staged.run, policy_of(staged), config_, token_, lock_,
                                         pacing_, pace, limit_.deadline(), terminal_);
      exit_on_signals(config_.log.format);
      if (asked.stopped_with) return end(staged.run, asked);
      limit_.watch();
    }
    const std::optional<std::string> refused = plan_run(ledger_, staged, policy_of(staged), config_, pace,
                                                        unasked_addresses, limit_.deadline(), terminal_);
    if (refused) return refuse(staged.run, *refused);
    if (task_.mode != ledger::Mode::dry_run) return send(ledger_.find_run(staged.run.id).value(), pace);
    return conclude(staged.run, exit_code_of(ledger_.counts(staged.run.id)), "");
  }

 private:
  plan::Policy policy_of(const StagedRun& staged) const {
    plan::Policy policy = static_cast<const plan::Policy&>(config_.policy);
    policy.composition = staged.composition;
    policy.restores = !staged.run.undoes.empty();
    policy.dry_run = task_.mode == ledger::Mode::dry_run;
    return policy;
  }

  bool is_offline() const { return task_.mode == ledger::Mode::dry_run && !config_.online; }

  SendingEnd look_addresses_up(const ledger::Run& run, plan::Pace& pace) {
    ledger_.forget_addresses(run.store, addresses_known_since(run, config_));
    if (is_offline()) return {};
    limit_.keep_off();
    SendingEnd asked = app::look_addresses_up(ledger_, run, config_, token_, lock_, pacing_, pace,
                                              limit_.deadline(), terminal_);
    exit_on_signals(config_.log.format);
    if (!asked.stopped_with) limit_.watch();
    return asked;
  }

  bool asks_first() const {
    if (task_.mode == ledger::Mode::dry_run) return config_.online;
    return task_.mode == ledger::Mode::sync && task_.plan.empty() &&
           (config_.policy.preflight || config_.policy.check_store == plan::CheckStore::all);
  }

  // It is no run to resume: the same command meets the same limit, or the same question, again.
  ExitCode refuse(const ledger::Run& run, const std::string& limit) {
    spdlog::error("nothing was sent, for safety: {}", limit);
    ledger_.abandon_run(run.id);
    return conclude(run, ExitCode::safety_limit, limit);
  }

  ExitCode send(const ledger::Run& run, const plan::Pace& pace) {
    limit_.keep_off();
    monitor_.on_planned(ledger_, run.id);
    if (const auto& deadline = limit_.deadline(); deadline && run.mode == ledger::Mode::sync) {
      const auto now = consent::now();
      spdlog::info("{}", time_sentence(ledger_, run, config_, pace, *deadline, now));
    }
    const SendingEnd sent =
        send_run(ledger_, run, config_, token_, lock_, pacing_, limit_.deadline(), monitor_, terminal_);
    exit_on_signals(config_.log.format);
    return end(run, sent);
  }

  ExitCode end(const ledger::Run& run, const SendingEnd& how) {
    const ledger::OutcomeCounts counts = ledger_.counts(run.id);
    // What was in flight when the deadline stopped it may have been the last there was.
    if (how.stopped_with == ExitCode::deadline && counts[consent::Outcome::pending] == 0) return end(run, {});
    const ExitCode code = how.stopped_with ? *how.stopped_with : exit_code_of(counts);
    const bool was_asked_to =
        code == ExitCode::interrupted || code == ExitCode::terminated || code == ExitCode::deadline;
    if (how.stopped_with && !was_asked_to)
      spdlog::error("{}", logged_reason(how.reason, config_.log.customers));
    if (how.is_final) ledger_.abandon_run(run.id);
    return conclude(run, code, how.reason);
  }

  ExitCode conclude(const ledger::Run& run, ExitCode code, const std::string& reason) {
    limit_.keep_off();             // a report is written to its end
    token_ = store::SecretText();  // and needs none
    sync::close_quota_account(ledger_, run.id, pacing_.pacer);
    const Conclusion conclusion = conclude_run(ledger_, run.id, config_, code, reason, terminal_);
    monitor_.on_ended(ledger_, run.id, conclusion.code);
    if (task_.mode != ledger::Mode::dry_run) prune_after_run(ledger_, config_);
    print_last(conclusion.told);
    return conclusion.code;
  }

  ledger::Ledger& ledger_;
  ledger::StoreLock& lock_;
  const Config& config_;
  const Task& task_;
  store::SecretText token_;
  sync::Pacing pacing_;
  TimeLimit& limit_;
  Monitor& monitor_;
  Terminal& terminal_;
};

// As a signal would in these phases: nothing is lost, and what waits is waited for no longer.
[[noreturn]] void end_at_deadline(const Config& config, const Deadline& deadline, ledger::Mode mode,
                                  Terminal& terminal) {
  terminal.status("");
  const std::string sentence = fmt::format(
      "{} came while the input was being read or planned: nothing was sent; the same command takes up what "
      "is left",
      deadline.name);
  log_fatal(config, terminal, ExitCode::deadline, sentence);
  if (mode != ledger::Mode::dry_run) tell_of_failure(config, ExitCode::deadline, sentence);
  ::_exit(static_cast<int>(ExitCode::deadline));
}

}  // namespace

ExitCode carry_out(const Config& config, const Task& task, Terminal& terminal) {
  if (config.quiet) terminal.be_quiet();
  exit_on_signals(config.log.format);
  const std::optional<Deadline> deadline =
      deadline_of(config, config.supervised_since.value_or(process_start()), local_utc_offset);
  const bool is_offline = task.mode == ledger::Mode::dry_run && !config.online;
  store::SecretText token = is_offline ? store::SecretText() : read_token(config);
  require_clients(config, token);
  require_report_directory(config);
  Monitor monitor(config, task.mode);  // before the lock: whoever waits for a hook holds up no other run
  const std::unique_ptr<ledger::StoreLock> lock = hold_store(config, config.store.hash);
  const std::unique_ptr<ledger::Ledger> ledger = ledger::open_ledger(config.ledger, lock.get());
  // Whoever held the store before may have done it meanwhile.
  if (task.resumes && !ledger->open_run(config.store.hash, ledger::Mode::sync))
    return nothing_to_resume(config);
  if (!task.plan.empty()) require_unused(*ledger, task.plan);
  monitor.begin();
  TimeLimit limit(deadline, [&] { end_at_deadline(config, *deadline, task.mode, terminal); });
  return Work(*ledger, *lock, config, task, std::move(token), limit, monitor, terminal).run();
}

}  // namespace consent_sync::app
