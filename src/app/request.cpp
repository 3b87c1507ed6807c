#include "request.hpp"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "exit_code.hpp"
#include "mapping_in_force.hpp"

namespace consent_sync::app {
namespace {

using Command = Request::Command;

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

bool reads_input(Command command) {
  return command == Command::sync || command == Command::work || command == Command::audit ||
         command == Command::inspect;
}

void require_what_it_needs(Command command, Config& config) {
  if (reads_input(command) || command == Command::apply) resolve_mapping(config);
  const bool is_of_ledger = command == Command::runs || command == Command::report ||
                            command == Command::history || command == Command::forget ||
                            command == Command::prune;
  if (!is_of_ledger && command != Command::inspect) require_usable(config);
  if (reads_input(command)) require_input(config);
}

bool can_do_many(Command command) {
  return command == Command::sync || command == Command::work || command == Command::audit ||
         command == Command::resume || command == Command::doctor;
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

void require_a_batch(Request& request) {
  if (request.stores.empty() && !request.config.supervised_since) {
    throw Failure(
        ExitCode::usage,
        "work is for many stores: name them under stores in the job file; for one store there is run");
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (request.batch.empty())
    request.batch = consent::to_rfc3339(now).substr(0, std::string_view("2026-11-28").size());
}

void require_one(Command command, const Words& words, const std::vector<StoreEntry>& stores) {
  if (!words.stores.one.empty() || can_do_many(command)) return;
  throw Failure(ExitCode::usage, fmt::format("there are several stores ({}): name one of them with --store",
                                             names_of(stores)));
}

/// All that the files, the environment and the command line say, in their order.
void gather_settings(Request& request, const Words& words) {
  apply_log_settings(request.config, words);
  const Files files = read_files(request.config, words);
  if (files.job_command == "audit" && request.command == Command::sync) request.command = Command::audit;
  if (files.job_command == "audit" && request.command == Command::work)
    throw Failure(ExitCode::usage, "work brings stores in line; an audit of many stores is for run");
  const bool chooses = !words.stores.one.empty() || !words.stores.only.empty();
  const bool are_several = request.command != Command::inspect && (chooses || !files.stores.empty());
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

void complete_request(Request& request, const Words& words) {
  gather_settings(request, words);
  require_heeded(request.command, words);
  if (request.command == Command::work) require_a_batch(request);
  if (!request.stores.empty()) return require_of_each_store(request);
  // A plan knows its input, and a configuration that names another does not mean this one.
  if (request.command == Command::apply) request.config.input.path = words.input;
  require_what_it_needs(request.command, request.config);
}

}  // namespace consent_sync::app
