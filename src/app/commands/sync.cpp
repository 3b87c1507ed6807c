#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <consent_sync/ledger/store_lock.hpp>

#include "../logging.hpp"
#include "../progress_view.hpp"
#include "../run/ending.hpp"
#include "../run/quick_exit.hpp"
#include "../run/sending.hpp"
#include "../run/staging.hpp"
#include "../token.hpp"
#include "commands.hpp"

namespace consent_sync::app {
namespace {

std::unique_ptr<ledger::StoreLock> lock_store(const Config& config) {
  auto lock = ledger::lock_store(config.ledger, config.store.hash);
  if (const auto* held = std::get_if<ledger::StoreHeld>(&lock)) {
    throw Failure(ExitCode::store_held,
                  fmt::format("another run holds store {}: {}; wait until it has ended, or stop it",
                              config.store.hash, held->owner));
  }
  return std::get<std::unique_ptr<ledger::StoreLock>>(std::move(lock));
}

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

void announce(ledger::Ledger& ledger, const ledger::Run& run) {
  const ledger::ChangeCounts changes = ledger.change_counts(run.id);
  spdlog::info("run {}: {} rows read, {} changes: {} take a consent away, {} grant one (some may do both)",
               run.id, show_count(run.input.rows), show_count(changes.changes),
               show_count(changes.withdrawing), show_count(changes.granting));
}

// It is no run to resume: the same command meets the same limit again.
ExitCode refuse(ledger::Ledger& ledger, const StagedRun& staged, const Config& config, Terminal& terminal) {
  spdlog::error("{}", staged.limit_exceeded);
  ledger.abandon_run(staged.run.id);
  return conclude_run(ledger, staged.run.id, config, ExitCode::safety_limit, staged.limit_exceeded, terminal);
}

ExitCode send(ledger::Ledger& ledger, const ledger::Run& run, const Config& config, const std::string& token,
              Terminal& terminal) {
  const SendingEnd end = send_run(ledger, run, config, token, terminal);
  exit_on_signals();
  const ExitCode code = end.stopped_with ? *end.stopped_with : exit_code_of(ledger.counts(run.id));
  const bool was_asked_to = code == ExitCode::interrupted || code == ExitCode::terminated;
  if (end.stopped_with && !was_asked_to) spdlog::error("{}", end.reason);
  return conclude_run(ledger, run.id, config, code, end.reason, terminal);
}

}  // namespace

ExitCode sync_command(const Config& config, Terminal& terminal) {
  exit_on_signals();
  const std::string token = config.dry_run ? "" : read_token(config);
  require_report_directory(config);
  const std::unique_ptr<ledger::StoreLock> lock = lock_store(config);
  const std::unique_ptr<ledger::Ledger> ledger = ledger::open_ledger(config.ledger);

  const StagedRun staged = stage_run(*ledger, config, terminal);
  log_for_run(staged.run.id);
  announce(*ledger, staged.run);
  if (!staged.limit_exceeded.empty()) return refuse(*ledger, staged, config, terminal);
  if (config.dry_run) {
    return conclude_run(*ledger, staged.run.id, config, exit_code_of(ledger->counts(staged.run.id)), "",
                        terminal);
  }
  return send(*ledger, staged.run, config, token, terminal);
}

}  // namespace consent_sync::app
