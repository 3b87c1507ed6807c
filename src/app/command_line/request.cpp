#include "request.hpp"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "../exit_code.hpp"
#include "../settings/export_limits.hpp"
#include "../settings/mapping_in_force.hpp"
#include "../stores/supervision.hpp"

namespace consent_sync::app {
namespace {

void require_usable(const Config& config) {
  const std::vector<std::string> problems = check(config);
  if (problems.empty()) return;
  std::string sentence = problems.front();
  for (std::size_t i = 1; i < problems.size(); ++i) sentence += "; " + problems[i];
  throw Failure(ExitCode::usage, sentence);
}

void require_input(const Config& config) {
  if (!config.input.path.empty() || !config.input.only_problems_of.empty()) return;
  throw Failure(ExitCode::usage, "no INPUT: name the file to read, or - for standard input");
}

void require_what_it_needs(Command command, Config& config) {
  const CommandFacts& facts = facts_of(command);
  if (facts.reads_input) resolve_mapping(config);
  if (facts.needs_store) require_usable(config);
  if (facts.reads_input) require_input(config);
}

// A dry run from a file is for the plan, and the same file's settings are for what follows it.
void require_no_dry_run(const Request& request) {
  if (!request.asks_for_dry_run) return;
  if (request.command == Command::apply)
    throw Failure(ExitCode::usage, "--dry-run: the plan is a dry run; its report says what would be sent");
  if (request.command == Command::audit)
    throw Failure(ExitCode::usage, "--dry-run: an audit has to ask the store, and changes nothing");
}

// The files are read again by each store's process: what was seen when the job began is what counts.
void require_unchanged(const Config& config, const std::string& when_the_job_began) {
  if (when_the_job_began.empty() || when_the_job_began == fingerprint(config)) return;
  throw Failure(
      ExitCode::usage,
      fmt::format(
          "the settings of store {} have changed since the job began: nothing was sent; start it anew",
          config.store.hash));
}

// From a file they are for the night's run; who gives one here expects it to hold.
void require_no_export_limits(const Request& request, const Words& words) {
  if (request.command != Command::undo && words.only_problems_of.empty()) return;
  for (const std::string_view limit : export_limits) {
    if (!words.flags.contains(std::string(limit))) continue;
    throw Failure(
        ExitCode::usage,
        fmt::format("{} finds a truncated or a swapped export, and none is read here: leave it out; "
                    "safety.max_changes and its like hold",
                    limit));
  }
}

void require_of_each_store(Request& request) {
  for (StoreJob& job : request.stores) {
    try {
      require_what_it_needs(request.command, job.config);
      if (request.command == Command::doctor) continue;  // it reads no input
      if (job.config.input.path == "-" || !job.config.input.only_problems_of.empty()) {
        throw Failure(
            ExitCode::usage,
            "standard input, or a run whose problems are meant, is of one store: name it with --store");
      }
    } catch (const Failure& problem) {
      throw Failure(problem.code(),
                    fmt::format("{}: store {}: {}", job.where, job.config.store.hash, problem.what()));
    }
  }
}

void require_a_batch(Request& request, const Words& words) {
  if (!request.config.supervised_since && !words.stores.one.empty()) {
    throw Failure(
        ExitCode::usage,
        "work is for many stores: choose among them with --only-store; for one there is run --store");
  }
  if (request.stores.empty() && !request.config.supervised_since) {
    throw Failure(
        ExitCode::usage,
        "work is for many stores: name them under stores in the job file; for one store there is run");
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (request.batch.empty())
    request.batch = consent::to_rfc3339(now).substr(0, std::string_view("2026-11-28").size());
  // Each store has one turn in a batch: a rehearsal must not be the night's.
  if (request.config.dry_run) request.batch += " (dry run)";
}

void require_one(Command command, const Words& words, const std::vector<StoreEntry>& stores) {
  if (!words.stores.one.empty() || facts_of(command).stores == StoresTaken::several) return;
  throw Failure(ExitCode::usage, fmt::format("there are several stores ({}): name one of them with --store",
                                             names_of(stores)));
}

/// All that the files, the environment and the command line say, in their order.
void gather_settings(Request& request, const Words& words) {
  apply_log_settings(request.config, words);
  request.asks_for_dry_run = asks_for_dry_run(words);
  const Files files = read_files(request.config, words);
  if (files.job_command == "audit" && request.command == Command::sync) request.command = Command::audit;
  if (files.job_command == "audit" && request.command == Command::work)
    throw Failure(ExitCode::usage, "work brings stores in line; an audit of many stores is for run");
  const bool chooses = !words.stores.one.empty() || !words.stores.only.empty();
  const bool are_several =
      facts_of(request.command).stores != StoresTaken::none && (chooses || !files.stores.empty());
  if (!are_several) return apply_over_files(request.config, words, nullptr);
  require_one(request.command, words, files.stores);
  for (const StoreEntry& entry : files.stores) request.store_names.push_back(entry.hash);
  request.stores = settings_of_stores(request.config, words, files.stores);
  if (words.stores.one.empty()) return apply_over_files(request.config, words, nullptr);
  request.config = std::move(request.stores.front().config);
  request.stores.clear();
}

// In a file a setting may be meant for another command that reads the file; on a command line it is not.
void require_heeded(Command command, const Words& words) {
  for (const auto& [key, value] : words.flags) {
    if ((key == "sample" || key == "seed") && command != Command::audit) {
      throw Failure(ExitCode::usage,
                    fmt::format("{} is for audits (to try a few changes first: safety.canary)", key));
    }
    if (key.starts_with("safety.") && command == Command::audit)
      throw Failure(ExitCode::usage, fmt::format("{} is for changes, and an audit makes none", key));
  }
}

}  // namespace

void complete_request(Request& request) {
  const Words& words = request.words;
  gather_settings(request, words);
  require_no_dry_run(request);
  require_no_export_limits(request, words);
  require_heeded(request.command, words);
  if (request.command == Command::work) require_a_batch(request, words);
  if (!request.stores.empty()) return require_of_each_store(request);
  // A plan knows its input, and a configuration that names another does not mean this one.
  if (request.command == Command::apply) request.config.input.path = words.input;
  require_what_it_needs(request.command, request.config);
  require_unchanged(request.config, words.supervised_settings);
}

}  // namespace consent_sync::app
