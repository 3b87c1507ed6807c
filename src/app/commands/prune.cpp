#include <fmt/format.h>

#include "../figures.hpp"
#include "../run/hold_store.hpp"
#include "../run/pruning.hpp"
#include "../settings/values.hpp"
#include "commands.hpp"
#include "existing_ledger.hpp"

namespace consent_sync::app {

ExitCode prune_command(const Config& config, bool is_sure) {
  if (config.ledger_keep.count() == 0) {
    throw Failure(ExitCode::usage,
                  "runs are kept for good: say how long they are to be kept with --ledger-keep 90d");
  }
  const std::unique_ptr<ledger::Ledger> ledger = open_existing_ledger(config);
  const std::string store = store_in_question(*ledger, config);
  const std::unique_ptr<ledger::StoreLock> lock = is_sure ? hold_store(config, store) : nullptr;
  std::uint64_t rows = 0;
  const std::vector<ledger::RunId> outdated = outdated_runs(*ledger, config, store);
  for (const ledger::RunId& run : outdated) {
    rows += ledger->counts(run).total();
    if (is_sure) ledger->discard_run(run);
  }
  const std::string age = show_duration(config.ledger_keep);
  if (outdated.empty()) {
    fmt::print(
        "Nothing to remove: store {} has no run that ended more than {} ago, but for those that are kept in "
        "any case.\n",
        store, age);
    return ExitCode::ok;
  }
  fmt::print("{} runs of store {} that ended more than {} ago: {}, with {} rows in all.\n",
             is_sure ? "Removed the" : "Would remove the", store, age, show_count(outdated.size()),
             show_count(rows));
  if (!is_sure) throw Failure(ExitCode::usage, "nothing was removed yet: --yes removes them for good");
  fmt::print("Their reports, the history and what is confirmed stay; the ledger uses the space again.\n");
  return ExitCode::ok;
}

}  // namespace consent_sync::app
