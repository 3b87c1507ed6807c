#include "outcomes_csv.hpp"

#include <fmt/format.h>

#include "csv.hpp"

namespace consent_sync::report {
namespace {

std::string choice_cell(const std::optional<consent::Choice>& choice) {
  return choice ? consent::to_string(*choice) : std::string();
}

}  // namespace

std::string outcomes_csv_line(const ledger::RowResult& row) {
  // What was asked for and did not come about is no "after".
  const bool came_about = consent::classify(row.outcome) == consent::OutcomeClass::ok;
  const std::optional<consent::Choice> after = came_about ? row.after : std::nullopt;
  return fmt::format("{},{},{},{},{},{},{},{}\n", row.line,
                     row.customer ? fmt::format("{}", row.customer->value()) : "",
                     consent::to_string(row.outcome), choice_cell(row.before), choice_cell(after),
                     row.http_status != 0 ? fmt::format("{}", row.http_status) : "", row.attempts,
                     csv_text_cell(row.reason));
}

}  // namespace consent_sync::report
