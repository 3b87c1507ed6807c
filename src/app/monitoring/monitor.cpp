#include "monitor.hpp"

#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "../logging.hpp"
#include "../run/rows_so_far.hpp"
#include "../version.hpp"

namespace consent_sync::app {
namespace {

constexpr std::chrono::seconds between_files{10};

bool is_dry(ledger::Mode mode) {
  return mode == ledger::Mode::dry_run;
}

Config::Hooks hooks_for(const Config& config, ledger::Mode mode) {
  if (is_dry(mode)) return {};
  require_usable(config.hooks);
  return config.hooks;
}

MetricsFacts facts_about(ledger::Ledger& ledger, const ledger::RunId& id) {
  MetricsFacts facts;
  facts.run = ledger.find_run(id).value();
  facts.rows = ledger.counts(id);
  facts.changes = ledger.change_counts(id);
  const std::optional<ledger::Run> well = ledger.last_success(facts.run.store, facts.run.mode);
  facts.last_success = well ? well->ended_at : std::nullopt;
  return facts;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// As far as summary.json has such a field, by its name.
std::string start_json(const Config& config, ledger::Mode mode) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return fmt::format(
      R"({{"event":"start","mode":{},"store":{},"tool_version":"{}","started_at":"{}","input":{{"path":{}}}}})",
      json_string(ledger::to_string(mode)), json_string(config.store.hash), version, consent::to_rfc3339(now),
      json_string(config.input.path));
}

std::string failure_json(const Config& config, ExitCode code, const std::string& sentence) {
  return fmt::format(
      R"({{"event":"failure","store":{},"tool_version":"{}","exit_code":{},"stop_reason":{}}})",
      json_string(config.store.hash), version, static_cast<int>(code), json_string(sentence));
}

}  // namespace

Monitor::Monitor(const Config& config, ledger::Mode mode)
    : config_(config),
      mode_(mode),
      hooks_(hooks_for(config, mode)),
      metrics_(is_dry(mode) ? "" : config.metrics.file, is_dry(mode) ? "" : config.metrics.listen) {}

void Monitor::begin() {
  hooks_.tell(HookEvent::start, start_json(config_, mode_));
}

void Monitor::learn(ledger::Ledger& ledger, const ledger::RunId& id) {
  try {
    facts_ = facts_about(ledger, id);
    metrics_.serve(facts_);
    metrics_.write(facts_);
    written_at_ = Clock::now();
  } catch (const std::exception& problem) {
    spdlog::warn("metrics could not be brought up to date: {}. The run does not suffer from it",
                 problem.what());
  }
}

void Monitor::on_planned(ledger::Ledger& ledger, const ledger::RunId& id) {
  learn(ledger, id);
}

void Monitor::on_progress(const sync::Progress& progress) {
  MetricsFacts now = facts_;
  now.rows = rows_so_far(facts_.rows, progress.ended);
  now.progress = progress;
  if (Clock::now() - written_at_ >= between_files) {
    metrics_.write(now);
    written_at_ = Clock::now();
  }
  metrics_.serve(std::move(now));
}

void Monitor::on_ended(ledger::Ledger& ledger, const ledger::RunId& id, ExitCode code) {
  learn(ledger, id);
  const std::filesystem::path report = std::filesystem::path(config_.report.dir) / id;
  hooks_.tell(event_of(code), read_file(report / "summary.json"));
}

void tell_of_failure(const Config& config, ExitCode code, const std::string& sentence) {
  Hooks(config.hooks).tell(HookEvent::failure, failure_json(config, code, sentence));
}

}  // namespace consent_sync::app
