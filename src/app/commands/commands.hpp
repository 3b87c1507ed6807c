#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <consent_sync/consent/customer_id.hpp>
#include <consent_sync/ledger/run.hpp>
#include <consent_sync/sandbox/server.hpp>

#include "../exit_code.hpp"
#include "../settings/config.hpp"
#include "../settings/settings_in_force.hpp"
#include "../settings/settings_of_store.hpp"
#include "../terminal.hpp"

namespace consent_sync::app {

/// What is to be done for several stores.
struct StoresTask {
  ledger::Mode mode = ledger::Mode::sync;
  const std::vector<StoreJob>& stores;
  std::vector<std::string> names;      ///< of all that an input may name; empty: none is read
  std::vector<std::string> arguments;  ///< our own command line, without the program's name
  std::string batch = {};  ///< work: the list in the ledger that stores are taken off; empty: none
};

/// Sync, audit or resume several stores, each in a process of its own, all of them or those that no other
/// process takes (`batch`). `common`: what the whole has of settings.
ExitCode stores_command(const Config& common, const StoresTask& task, Terminal& terminal);

/// Bring the store in line with config.input, or plan to (config.dry_run).
ExitCode sync_command(const Config& config, Terminal& terminal);

/// Ask the store, and report where it differs from config.input; changes nothing.
ExitCode audit_command(const Config& config, Terminal& terminal);

/// Carry out the plan of a dry run, exactly: with the plan's own settings (see with_settings_of).
ExitCode apply_command(const Config& config, const Words& words, const ledger::RunId& id, Terminal& terminal);

/// Take back the changes that a run made, or plan to (config.dry_run).
ExitCode undo_command(const Config& config, const ledger::RunId& id, Terminal& terminal);

/// Finish the store's unfinished run as it was planned. Its input is not needed: what is left is in the
/// ledger, and so are its settings (see with_settings_of).
ExitCode resume_command(const Config& config, const Words& words, Terminal& terminal);

/// Say what is in config.input, and propose how to read it; `job_file`, unless empty, becomes a starter job.
ExitCode inspect_command(const Config& config, const std::string& job_file);

/// List the presets, or print one.
ExitCode presets_command(const std::string& name);

/// Write the report of a run again.
ExitCode report_command(const Config& config, const std::string& run_id);

/// What a question to the history is about.
struct HistoryRequest {
  enum class Format : std::uint8_t { text, csv, ndjson };

  std::optional<consent::CustomerId> customer;  ///< nobody in particular: the whole history
  Format format = Format::text;
  std::string output;  ///< the file to make; "": standard output
  bool verifies = false;
  std::string head;  ///< with `verifies`: a head that the history has to pass through; may be empty
};

/// The runs in the ledger, newest first; for people what is unfinished before all others.
ExitCode runs_command(const Config& config, std::size_t limit, HistoryRequest::Format format);

/// Print, export or verify the history of a store.
ExitCode history_command(const Config& config, const HistoryRequest& request);

/// Erase a customer from the ledger; without `is_sure` only say what that would erase.
ExitCode forget_command(const Config& config, consent::CustomerId customer, bool is_sure);

/// Remove runs from the ledger that ended longer ago than config.ledger_keep; without `is_sure` only say
/// which.
ExitCode prune_command(const Config& config, bool is_sure);

/// Check configuration, ledger, address, TLS, token, scope and quota with one request.
ExitCode doctor_command(const Config& config);

/// The same for several stores, each in a process of its own. The exit code is the worst of theirs.
ExitCode doctor_of_stores_command(const Config& common, const StoresTask& task, Terminal& terminal);

/// Serve a store to try everything on, until SIGINT or SIGTERM.
ExitCode sandbox_command(const sandbox::Options& options);

}  // namespace consent_sync::app
