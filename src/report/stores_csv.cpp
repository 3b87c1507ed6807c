#include "stores_csv.hpp"

#include <fmt/format.h>

#include "csv.hpp"
#include "stores_digest.hpp"

namespace consent_sync::report {
namespace {

using consent::OutcomeClass;

constexpr const char* header =
    "store,status,exit_code,signal,duration_s,run_id,rows,ok,problems,unfinished,applied,changes,withdrawing,"
    "granting,put,get,throttled,story,report\n";

std::string number_or_nothing(bool is_there, int value) {
  return is_there ? fmt::format("{}", value) : "";
}

std::string run_cells(const std::optional<StoreRun>& run) {
  if (!run) return ",,,,,,,,,,,";
  const ledger::OutcomeCounts& rows = run->outcomes;
  return fmt::format("{},{},{},{},{},{},{},{},{},{},{},{}", run->id, rows.total(),
                     rows.of_class(OutcomeClass::ok), rows.of_class(OutcomeClass::problem),
                     rows.of_class(OutcomeClass::unfinished), rows[consent::Outcome::applied],
                     run->changes.changes, run->changes.withdrawing, run->changes.granting, run->put,
                     run->get, run->throttled);
}

}  // namespace

std::string stores_csv(const StoresResult& whole, const std::filesystem::path& directory) {
  std::string text = header;
  for (const StoreResult& result : whole.stores) {
    text += fmt::format("{},{},{},{},{:.3f},{},{},{}\n", csv_text_cell(result.store),
                        to_string(status_of(result)),
                        number_or_nothing(result.end == StoreResult::End::exited, result.exit_code),
                        number_or_nothing(result.signal != 0, result.signal),
                        std::chrono::duration<double>(result.duration).count(), run_cells(result.run),
                        csv_text_cell(story_of(result)), csv_text_cell(link_to(result, directory)));
  }
  return text;
}

}  // namespace consent_sync::report
