#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>

#include <consent_sync/input/reader.hpp>
#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/report/report.hpp>

#include "command_line.hpp"
#include "commands/commands.hpp"
#include "exit_code.hpp"
#include "logging.hpp"
#include "terminal.hpp"

namespace {

using namespace consent_sync;
using app::ExitCode;
using app::Request;

ExitCode carry_out(const Request& request, app::Terminal& terminal) {
  switch (request.command) {
    case Request::Command::none:
      return static_cast<ExitCode>(request.exit_code);
    case Request::Command::sync:
      return app::sync_command(request.config, terminal);
    case Request::Command::audit:
      return app::audit_command(request.config, terminal);
    case Request::Command::apply:
      return app::apply_command(request.config, request.run_id, terminal);
    case Request::Command::inspect:
      return app::inspect_command(request.config, request.job_file);
    case Request::Command::presets:
      return app::presets_command(request.preset);
    case Request::Command::runs:
      return app::runs_command(request.config, request.runs_limit);
    case Request::Command::report:
      return app::report_command(request.config, request.run_id);
    case Request::Command::doctor:
      return app::doctor_command(request.config);
    case Request::Command::sandbox:
      return app::sandbox_command(request.sandbox);
  }
  return ExitCode::defect;
}

ExitCode end_badly(app::Terminal& terminal, ExitCode code, const char* sentence) {
  terminal.line(fmt::format("consent-sync: {}", sentence));
  return code;
}

ExitCode run(int argc, char** argv, app::Terminal& terminal) {
  try {
    const Request request = app::read_request(argc, argv);
    app::start_logging(request.config, terminal);
    return carry_out(request, terminal);
  } catch (const app::Failure& failure) {
    return end_badly(terminal, failure.code(), failure.what());
  } catch (const input::FileError& problem) {
    return end_badly(terminal, ExitCode::usage, problem.what());
  } catch (const ledger::LedgerError& problem) {
    return end_badly(terminal, ExitCode::not_recorded, problem.what());
  } catch (const report::ReportError& problem) {
    return end_badly(terminal, ExitCode::not_recorded, problem.what());
  } catch (const std::exception& defect) {
    return end_badly(terminal, ExitCode::defect,
                     fmt::format("a defect of consent-sync: {}", defect.what()).c_str());
  }
}

}  // namespace

int main(int argc, char** argv) {
  app::Terminal terminal;
  const ExitCode code = run(argc, argv, terminal);
  if (std::fflush(stdout) != 0 && code == ExitCode::ok) {
    return static_cast<int>(
        end_badly(terminal, ExitCode::not_recorded, "standard output could not be written"));
  }
  return static_cast<int>(code);
}
