#include "operands.hpp"

#include <CLI/CLI.hpp>

namespace consent_sync::app {

void add_input(CLI::App& command, Operands& to) {
  command.add_option("INPUT", to.request.words.input,
                     "CSV or NDJSON, also .gz and .zst; - is standard input");
}

void add_run(CLI::App& command, Operands& to) {
  command.add_option("RUN", to.request.run_id, "id of the run")->required();
}

void add_job(CLI::App& command, Operands& to) {
  command.add_option("JOB", to.request.words.job, "job file (YAML)")->required();
}

void add_sync_operands(CLI::App& command, Operands& to) {
  add_input(command, to);
  command
      .add_option("--only-problems-of", to.request.words.only_problems_of,
                  "in place of INPUT: the rows that ended as a problem in this run, from the ledger")
      ->type_name("RUN");
}

void add_apply_operands(CLI::App& command, Operands& to) {
  command.add_option("PLAN", to.request.run_id, "id of the dry run")->required();
  command.add_option("INPUT", to.request.words.input, "the input, where it lies elsewhere now");
}

void add_resume_operands(CLI::App& command, Operands& to) {
  command.add_option("JOB", to.request.words.job, "job file (YAML) with the settings of that run");
}

void add_work_operands(CLI::App& command, Operands& to) {
  add_job(command, to);
  command
      .add_option("--batch", to.request.batch,
                  "what is done once by all who work on it: each store has one turn in a batch (default: the "
                  "day in UTC)")
      ->type_name("NAME");
}

void add_inspect_operands(CLI::App& command, Operands& to) {
  command.add_option("INPUT", to.request.words.input, "CSV or JSON, also .gz and .zst");
  command.add_option("--write-job", to.request.job_file, "write a starter job file")->type_name("FILE");
}

void add_presets_operands(CLI::App& command, Operands& to) {
  command.add_option("NAME", to.request.preset, "the preset to print");
}

void add_runs_operands(CLI::App& command, Operands& to) {
  command.add_option("--limit", to.request.runs_limit, "how many (default: 20)")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000).description(""));
  add_format(command, to.history.format);
}

void add_history_operands(CLI::App& command, Operands& to) {
  add_history_options(command, to.history);
}

void add_forget_operands(CLI::App& command, Operands& to) {
  command.add_option("CUSTOMER", to.history.customer, "the store's id of the customer")->required();
  command.add_flag("--yes", to.request.is_sure,
                   "do it; without, it only says what it would erase, and ends with 2");
}

void add_prune_operands(CLI::App& command, Operands& to) {
  command.add_flag("--yes", to.request.is_sure,
                   "do it; without, it only says what it would remove, and ends with 2");
}

void add_doctor_operands(CLI::App& command, Operands& to) {
  command.add_option("JOB", to.request.words.job, "job file (YAML) with the settings to check");
}

void add_sandbox_operands(CLI::App& command, Operands& to) {
  add_sandbox_options(command, to.sandbox);
}

void add_completion_operands(CLI::App& command, Operands& to) {
  command.add_option("SHELL", to.shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
}

}  // namespace consent_sync::app
