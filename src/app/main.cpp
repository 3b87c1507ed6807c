#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <consent_sync/input/reader.hpp>
#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/report/report.hpp>

#include "command_line/command_line.hpp"
#include "commands/commands.hpp"
#include "exit_code.hpp"
#include "logging.hpp"
#include "monitoring/monitor.hpp"
#include "standard_output.hpp"
#include "terminal.hpp"

namespace {

using namespace consent_sync;
using app::Command;
using app::ExitCode;
using app::Request;

ledger::Mode mode_of(const Request& request) {
  if (request.command == Command::audit) return ledger::Mode::audit;
  return request.config.dry_run ? ledger::Mode::dry_run : ledger::Mode::sync;
}

app::StoresTask stores_task(const Request& request) {
  const bool reads_input = request.command != Command::resume;
  return {mode_of(request), request.stores, reads_input ? request.store_names : std::vector<std::string>(),
          request.arguments, request.command == Command::work ? request.batch : ""};
}

ExitCode carry_out(const Request& request, app::Terminal& terminal) {
  if (!request.stores.empty()) {
    if (request.command == Command::doctor)
      return app::doctor_of_stores_command(request.config, stores_task(request), terminal);
    return app::stores_command(request.config, stores_task(request), terminal);
  }
  switch (request.command) {
    case Command::none:
      return static_cast<ExitCode>(request.exit_code);
    case Command::sync:
    case Command::work:  // one store of a batch, for the process that took it
      return app::sync_command(request.config, terminal);
    case Command::audit:
      return app::audit_command(request.config, terminal);
    case Command::apply:
      return app::apply_command(request.config, request.words, request.run_id, terminal);
    case Command::undo:
      return app::undo_command(request.config, request.run_id, terminal);
    case Command::resume:
      return app::resume_command(request.config, request.words, terminal);
    case Command::inspect:
      return app::inspect_command(request.config, request.job_file);
    case Command::presets:
      return app::presets_command(request.preset);
    case Command::runs:
      return app::runs_command(request.config, request.runs_limit, request.history.format);
    case Command::report:
      return app::report_command(request.config, request.run_id);
    case Command::history:
      return app::history_command(request.config, request.history);
    case Command::forget:
      return app::forget_command(request.config, request.history.customer.value(), request.is_sure);
    case Command::prune:
      return app::prune_command(request.config, request.is_sure);
    case Command::doctor:
      return app::doctor_command(request.config);
    case Command::sandbox:
      return app::sandbox_command(request.sandbox);
    case Command::completion:
    case Command::manual:
      fmt::print("{}", request.text);
      return ExitCode::ok;
  }
  return ExitCode::defect;
}

struct BadEnd {
  ExitCode code;
  std::string sentence;
};

constexpr const char* memory_ran_out =
    "memory ran out; what was recorded is kept: give the program more (it needs little, whatever the input's "
    "size), then run the same command again";

/// A thread that cannot be made for want of memory is told as one that may be made later.
bool is_shortage(const std::error_code& error) {
  return error == std::errc::not_enough_memory || error == std::errc::resource_unavailable_try_again;
}

std::string a_defect(const std::exception& problem) {
  return fmt::format("a defect of consent-sync: {}", problem.what());
}

BadEnd explain(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const app::Failure& failure) {
    return {failure.code(), failure.what()};
  } catch (const input::FileError& problem) {
    return {ExitCode::usage, problem.what()};
  } catch (const ledger::LeaseLost& problem) {
    return {ExitCode::store_held, problem.what()};
  } catch (const ledger::LedgerError& problem) {
    return {ExitCode::not_recorded, problem.what()};
  } catch (const report::ReportError& problem) {
    return {ExitCode::not_recorded, problem.what()};
  } catch (const std::bad_alloc&) {
    return {ExitCode::not_recorded, memory_ran_out};
  } catch (const std::system_error& problem) {
    if (is_shortage(problem.code())) return {ExitCode::not_recorded, memory_ran_out};
    if (std::ferror(stdout) != 0)
      return {ExitCode::not_recorded,
              fmt::format("{}: {}", app::output_not_written, problem.code().message())};
    return {ExitCode::defect, a_defect(problem)};
  } catch (const std::exception& defect) {
    return {ExitCode::defect, a_defect(defect)};
  }
}

bool is_watched(const Request& request) {
  if (request.command == Command::none) return false;
  const bool heeds_files = request.command != Command::audit && request.command != Command::apply;
  const bool is_rehearsal = request.asks_for_dry_run || (heeds_files && request.config.dry_run);
  return app::facts_of(request.command).is_run && !is_rehearsal;
}

ExitCode end_badly(const Request& request, const BadEnd& end, app::Terminal& terminal) {
  terminal.status("");
  app::log_fatal(request.config, terminal, end.code, end.sentence);
  if (is_watched(request)) {
    app::start_logging(request.config, terminal);
    app::tell_of_failure(request.config, end.code, end.sentence);
  }
  return end.code;
}

/// Where not even the telling goes well, plainly: it may be memory that is missing.
ExitCode tell_of(const std::exception_ptr& thrown, const Request& request, app::Terminal& terminal) {
  ExitCode code = ExitCode::not_recorded;
  try {
    const BadEnd end = explain(thrown);
    code = end.code;
    return end_badly(request, end, terminal);
  } catch (const std::exception&) {
    std::fputs("consent-sync: it ended badly, and memory ran out while it said so\n", stderr);
    return code;
  }
}

ExitCode run(int argc, char** argv, Request& request, app::Terminal& terminal) {
  try {
    app::read_request(argc, argv, request);
    app::start_logging(request.config, terminal);
    return carry_out(request, terminal);
  } catch (...) {
    return tell_of(std::current_exception(), request, terminal);
  }
}

/// Only what ended well ends otherwise when nobody can read what it printed: to be stopped, say, stays that.
ExitCode code_after_output(ExitCode code, const Request& request, app::Terminal& terminal) {
  if (app::is_output_written() || code == ExitCode::not_recorded) return code;
  const ExitCode last_word = code == ExitCode::ok ? ExitCode::not_recorded : code;
  app::log_fatal(request.config, terminal, last_word, app::output_not_written);
  return last_word;
}

// What we open would take the place of a stream that is closed, and what is meant for people be written to
// it. What is written here fails, as to a closed one.
void hold_standard_streams() {
  for (int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) < 0) ::open("/dev/null", O_RDONLY);
  }
}

}  // namespace

int main(int argc, char** argv) {
  hold_standard_streams();
  app::Terminal terminal;
  Request request;
  const ExitCode code = run(argc, argv, request, terminal);
  return static_cast<int>(code_after_output(code, request, terminal));
}
