#include "unfinished.hpp"

#include <chrono>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "../figures.hpp"
#include "../logging.hpp"
#include "../settings/settings.hpp"
#include "rules.hpp"

namespace consent_sync::app {
namespace {

[[noreturn]] void forget(ledger::Ledger& ledger, const ledger::Run& run, const std::string& why) {
  ledger.discard_run(run.id);
  throw Failure(ExitCode::usage, why);
}

void require_its_policies(const ledger::Run& open, const Config& config) {
  const std::string difference = first_difference(policies_of(open.settings), policies_of(describe(config)));
  if (difference.empty()) return;
  throw Failure(
      ExitCode::usage,
      fmt::format("run {} was planned under other policies ({}): resume it with the settings that it had, as "
                  "consent-sync resume does by itself; nothing was sent",
                  open.id, difference));
}

}  // namespace

ExitCode nothing_to_resume(const Config& config) {
  spdlog::info("no run of store {} is unfinished: there is nothing to resume", config.store.hash);
  return ExitCode::ok;
}

ledger::Run take_up(ledger::Ledger& ledger, const Config& config, const ledger::Run& open) {
  require_its_policies(open, config);
  ledger.resume_run(open.id);
  log_for_run(open.id);
  spdlog::info("resuming run {}, which stopped before every row was reached", open.id);
  return ledger.find_run(open.id).value();
}

void require_replaceable(ledger::Ledger& ledger, const Config& config, const ledger::Run& open,
                         const ledger::Run& by) {
  const std::string unreached = show_count(ledger.counts(open.id)[consent::Outcome::pending]);
  if (config.unfinished == Config::Unfinished::refuse) {
    forget(
        ledger, by,
        fmt::format("run {} over {} is not finished ({} rows not reached), and this input or its rules are "
                    "others: finish it first (consent-sync resume); nothing was sent",
                    open.id, open.input.path, unreached));
  }
  if (config.unfinished == Config::Unfinished::replace && open.mode == ledger::Mode::sync) {
    const std::uint64_t left_out = ledger.count_left_out(open.id, by.id);
    if (left_out != 0) {
      forget(
          ledger, by,
          fmt::format("run {} over {} is not finished, and this input does not speak for {} of the customers "
                      "that it has not reached: what they chose would be lost. Finish it first (consent-sync "
                      "resume), or give it up (--unfinished abandon); nothing was sent",
                      open.id, open.input.path, show_count(left_out)));
    }
  }
  ledger.doubt_unrecorded(open.id);
}

void commit_in_place_of(ledger::Ledger& ledger, const std::optional<ledger::Run>& open,
                        const ledger::Run& planned) {
  if (!open) return ledger.commit_plan(planned.id);
  const std::string unreached = show_count(ledger.counts(open->id)[consent::Outcome::pending]);
  ledger.commit_plan(planned.id, open->id);
  spdlog::warn(
      "run {} over {} was left open and this input or its rules differ: it is abandoned with {} rows "
      "not reached, and its report names them",
      open->id, open->input.path, unreached);
}

void keep(ledger::Ledger& ledger, const ledger::Run& open, const ledger::Run& other) {
  forget(
      ledger, other,
      fmt::format("run {} over {} is not finished: finish it first (consent-sync resume); nothing was sent",
                  open.id, open.input.path));
}

}  // namespace consent_sync::app
