#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <boost/asio/io_context.hpp>

#include <consent_sync/ledger/store_lock.hpp>

#include "../logging.hpp"
#include "../progress_view.hpp"
#include "../run/ending.hpp"
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
                  fmt::format("another run holds store {}: {}", config.store.hash, held->owner));
  }
  return std::get<std::unique_ptr<ledger::StoreLock>>(std::move(lock));
}

ExitCode exit_code_of_stop(const sync::Stopped& stopped, const Signals& signals) {
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

void announce(ledger::Ledger& ledger, const ledger::Run& run) {
  const ledger::ChangeCounts changes = ledger.change_counts(run.id);
  spdlog::info("run {}: {} rows read, {} changes: {} take a consent away, {} grant one", run.id,
               show_count(run.input.rows), show_count(changes.changes), show_count(changes.withdrawing),
               show_count(changes.granting));
}

ExitCode refuse(ledger::Ledger& ledger, const StagedRun& staged, const Config& config, Terminal& terminal) {
  spdlog::error("{}", staged.limit_exceeded);
  const ExitCode code =
      conclude_run(ledger, staged.run.id, config, ExitCode::safety_limit, staged.limit_exceeded, terminal);
  // It is no run to resume: the same command meets the same limit again.
  if (ledger.find_run(staged.run.id)->state == ledger::RunState::open) ledger.abandon_run(staged.run.id);
  return code;
}

ExitCode send(boost::asio::io_context& io, ledger::Ledger& ledger, const ledger::Run& run,
              const Config& config, const std::string& token, Terminal& terminal, Signals& signals) {
  const std::optional<sync::Stopped> stopped = send_run(io, ledger, run, config, token, terminal, signals);
  if (!stopped)
    return conclude_run(ledger, run.id, config, exit_code_of(ledger.counts(run.id)), "", terminal);
  if (stopped->by != sync::Stopped::By::request) spdlog::error("{}", stopped->reason);
  return conclude_run(ledger, run.id, config, exit_code_of_stop(*stopped, signals), stopped->reason,
                      terminal);
}

}  // namespace

ExitCode sync_command(const Config& config, Terminal& terminal) {
  const std::string token = config.dry_run ? "" : read_token(config);
  const std::unique_ptr<ledger::StoreLock> lock = lock_store(config);
  const std::unique_ptr<ledger::Ledger> ledger = ledger::open_ledger(config.ledger);
  boost::asio::io_context io(1);
  Signals signals(io);

  const StagedRun staged = stage_run(*ledger, config, terminal, signals);
  log_for_run(staged.run.id);
  announce(*ledger, staged.run);
  signals.check();
  if (!staged.limit_exceeded.empty()) return refuse(*ledger, staged, config, terminal);
  if (config.dry_run) {
    return conclude_run(*ledger, staged.run.id, config, exit_code_of(ledger->counts(staged.run.id)), "",
                        terminal);
  }
  return send(io, *ledger, staged.run, config, token, terminal, signals);
}

}  // namespace consent_sync::app
