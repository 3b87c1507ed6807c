#pragma once

#include <string>

#include "history_options.hpp"
#include "request.hpp"
#include "sandbox_options.hpp"

namespace CLI {
class App;
}

namespace consent_sync::app {

/// What the parser fills in for a command beside its settings, partly before it is understood.
struct Operands {
  Request& request;
  HistoryWords history = {};  ///< `forget`: its customer; `runs`: its format
  SandboxWords sandbox = {};
  std::string shell = {};  ///< of `completion`
};

// Each adds a command's operands, and what it has of flags that are no settings, to the parser; the Operands
// outlive it.

/// INPUT.
void add_input(CLI::App& command, Operands& to);
/// RUN.
void add_run(CLI::App& command, Operands& to);
/// JOB.
void add_job(CLI::App& command, Operands& to);
void add_sync_operands(CLI::App& command, Operands& to);
void add_apply_operands(CLI::App& command, Operands& to);
void add_resume_operands(CLI::App& command, Operands& to);
void add_work_operands(CLI::App& command, Operands& to);
void add_inspect_operands(CLI::App& command, Operands& to);
void add_presets_operands(CLI::App& command, Operands& to);
void add_runs_operands(CLI::App& command, Operands& to);
void add_history_operands(CLI::App& command, Operands& to);
void add_forget_operands(CLI::App& command, Operands& to);
void add_prune_operands(CLI::App& command, Operands& to);
void add_doctor_operands(CLI::App& command, Operands& to);
void add_sandbox_operands(CLI::App& command, Operands& to);
void add_completion_operands(CLI::App& command, Operands& to);

}  // namespace consent_sync::app
