#include "staging.hpp"

#include <chrono>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <consent_sync/input/store_column.hpp>

#include "../exit_code.hpp"
#include "../figures.hpp"
#include "../logging.hpp"
#include "../progress_view.hpp"
#include "../settings/settings.hpp"
#include "../version.hpp"
#include "known_address.hpp"
#include "problem_log.hpp"
#include "problem_rows.hpp"
#include "read_ahead.hpp"
#include "rules.hpp"
#include "run_id.hpp"
#include "undoing.hpp"
#include "unfinished.hpp"

namespace consent_sync::app {
namespace {

// What the store said of a shopper who has had a day since says little.
constexpr std::chrono::hours longest_belief{24};

std::string format_name(input::Format format) {
  return format == input::Format::ndjson ? "ndjson" : "csv";
}

ledger::Run describe_run(const Config& config, const Task& task, const input::Reader& reader) {
  ledger::Run run;
  run.correlation_id = boost::uuids::to_string(boost::uuids::random_generator()());
  run.started_at = consent::now();
  run.id = make_run_id(run.started_at, run.correlation_id);
  run.mode = task.mode;
  run.plan = task.plan;
  run.undoes = task.undoes;
  run.store = config.store.hash;
  run.api_url = config.store.api_url;
  run.tool_version = version;
  run.settings = describe(config);
  run.input.format = format_name(reader.format());
  run.input.columns = reader.columns();
  return run;
}

/// Into rows that are used again and again: texts change places, so that neither side has to make room anew.
void to_staged(input::Row& row, ledger::StagedRow& staged) {
  staged.line = row.line;
  staged.record = row.record;
  staged.reason.swap(row.problem);
  staged.source.swap(row.source);
  staged.customer = row.customer;
  staged.by_email.swap(row.by_email);
  staged.email.swap(row.email);
}

/// How far reading has come, on a terminal and, seldom, in a log.
class ReadingProgress {
 public:
  ReadingProgress(const Config& config, Terminal& terminal) : config_(config), terminal_(terminal) {
    std::error_code problem;
    const auto size = std::filesystem::file_size(config.input.path, problem);
    if (!problem) size_ = size;
  }

  void show(std::uint64_t rows, std::uint64_t bytes) {
    const std::string text = show_count(rows) + " rows";
    terminal_.status(size_ > 0 ? bar_line("reading", static_cast<double>(bytes) / static_cast<double>(size_),
                                          terminal_.has_unicode(), text)
                               : "reading   " + text);
    if (terminal_.is_interactive() || config_.quiet || Clock::now() - told_at_ < between_lines) return;
    told_at_ = Clock::now();
    spdlog::info("reading: {} so far", text);
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds between_lines{10};

  const Config& config_;
  Terminal& terminal_;
  std::uintmax_t size_ = 0;  // 0: not known
  Clock::time_point told_at_ = Clock::now();
};

// One thread parses the next rows while this one writes the last ones to the ledger.
void stage_rows(ledger::Ledger& ledger, const ledger::RunId& id, input::Reader& reader, const Config& config,
                ReadingProgress progress) {
  std::uint64_t count = 0;
  ProblemLog problems(config);
  ReadAhead ahead(reader);
  ReadAhead::Batch batch;
  std::vector<ledger::StagedRow> staged;
  for (ahead.next(batch); !batch.rows.empty(); ahead.next(batch)) {
    count += batch.rows.size();
    staged.resize(batch.rows.size());
    for (std::size_t i = 0; i < staged.size(); ++i) {
      input::Row& row = batch.rows[i];
      if (!row.record && !row.by_email)
        problems.tell(row.line, row.customer, consent::Outcome::invalid, row.problem);
      to_staged(row, staged[i]);
    }
    ledger.stage(id, staged);
    progress.show(count, batch.bytes_read);
  }
}

bool is_same_work(const ledger::Run& open, const ledger::Run& fresh) {
  return open.api_url == fresh.api_url && open.input.sha256 == fresh.input.sha256 &&
         rules_of(open.settings) == rules_of(fresh.settings) &&
         (fresh.plan.empty() || fresh.plan == open.plan);
}

// Questions that were asked for a run that was interrupted before its plan was made are not asked again,
// unless that is long ago.
void take_over_observations(ledger::Ledger& ledger, const ledger::Run& run) {
  const std::optional<ledger::RunId> twin = ledger.interrupted_twin(run.id);
  if (!twin) return;
  const ledger::Run interrupted = ledger.find_run(*twin).value();
  if (run.started_at - interrupted.started_at > longest_belief) return;
  ledger.adopt_observations(run.id, *twin);
  if (interrupted.traffic.get == 0) return;
  spdlog::info("run {} asked the store about this input before it was interrupted: its answers are used",
               *twin);
}

void require_planned_input(ledger::Ledger& ledger, const ledger::Run& run, const Task& task) {
  if (task.plan.empty() || task.plan_sha256 == run.input.sha256) return;
  ledger.discard_run(run.id);
  throw Failure(ExitCode::usage,
                fmt::format("{} is not the input that plan {} was made of: it has changed since. Plan anew "
                            "(--dry-run); nothing was sent",
                            run.input.path, task.plan));
}

/// Where the rows come from, and what reports call it.
struct Input {
  std::unique_ptr<input::Reader> reader;
  std::string name;
};

input::ReaderOptions reader_options(const Config& config) {
  input::ReaderOptions options = config.input.reader;
  options.latest = input::latest_choice(consent::now());
  return options;
}

std::unique_ptr<input::Reader> open_rows(const Config& config) {
  input::ReaderOptions options = reader_options(config);
  options.store_column = config.input.store_column;
  auto reader = input::open_reader(config.input.path, options);
  if (const auto passed = reader->passed_over(); !passed.empty())
    spdlog::info("columns passed over: {}", fmt::join(passed, ", "));
  if (options.store_column.empty()) return reader;
  return input::rows_of_store(std::move(reader), config.store.hash);
}

Input open_input(ledger::Ledger& ledger, const Config& config, const Task& task) {
  if (!task.undoes.empty()) {
    return {open_changes_to_undo(ledger, config.store.hash, task.undoes),
            fmt::format("changes of run {}, taken back", task.undoes)};
  }
  if (config.input.only_problems_of.empty()) {
    return {open_rows(config), config.input.path};
  }
  const ledger::Run run = find_run_with_problems(ledger, config);
  return {open_problem_rows(ledger, run, reader_options(config)),
          fmt::format("problem rows of run {} ({})", run.id, run.input.path)};
}

bool is_by_email(const Config& config, const Task& task) {
  const auto& mapping = config.input.reader.mapping;
  return task.undoes.empty() && mapping && mapping->key != input::Mapping::Key::id;
}

}  // namespace

StagedRun stage_run(ledger::Ledger& ledger, const Config& config, const Task& task, Terminal& terminal) {
  if (task.mode != ledger::Mode::dry_run) require_same_address(ledger, config);
  const auto [reader, name] = open_input(ledger, config, task);
  ledger::Run run = describe_run(config, task, *reader);
  run.input.path = name;
  ledger.begin_run(run);
  log_for_run(run.id);
  stage_rows(ledger, run.id, *reader, config, ReadingProgress(config, terminal));
  const input::Fingerprint fingerprint = reader->fingerprint();
  run.input.sha256 = fingerprint.sha256;
  run.input.bytes = fingerprint.bytes;
  run.input.rows = fingerprint.rows;
  ledger.finish_staging(run.id, run.input);
  require_planned_input(ledger, run, task);
  if (fingerprint.rows_of_others != 0) {
    spdlog::info("{} rows of other stores were passed over", show_count(fingerprint.rows_of_others));
  }
  if (fingerprint.rows_of_any != 0) {
    spdlog::warn(
        "{} rows do not tell which store they are of: they are invalid in every store, and hold back those "
        "of "
        "their customers who are known",
        show_count(fingerprint.rows_of_any));
  }
  if (run.input.rows == 0) spdlog::warn("{} has no rows", run.input.path);
  take_over_observations(ledger, run);
  ledger.discard_staging(run.store, run.id);

  std::optional<ledger::Run> open = ledger.open_run(run.store, run.mode);
  if (open && run.mode != ledger::Mode::dry_run && is_same_work(*open, run)) {
    ledger.discard_run(run.id);
    return {take_up(ledger, config, *open), std::nullopt, true, is_by_email(config, task)};
  }
  if (open && !config.input.only_problems_of.empty()) keep(ledger, *open, run);
  StagedRun staged{run, std::nullopt, false, is_by_email(config, task), std::move(open)};
  if (const consent::Composition* composition = reader->composition()) staged.composition = *composition;
  return staged;
}

StagedRun stage_unfinished(ledger::Ledger& ledger, const Config& config) {
  require_same_address(ledger, config);
  const std::optional<ledger::Run> open = ledger.open_run(config.store.hash, ledger::Mode::sync);
  if (open->api_url != config.store.api_url) {
    throw Failure(ExitCode::usage,
                  fmt::format("run {} was planned for {}, not for {}: give its input to a new one (sync)",
                              open->id, open->api_url, config.store.api_url));
  }
  return {take_up(ledger, config, open.value()), std::nullopt, true};
}

}  // namespace consent_sync::app
