#include "problem_log.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "../logging.hpp"
#include "logged_reason.hpp"

namespace consent_sync::app {
namespace {

constexpr std::uint64_t most_warnings = 20;

}  // namespace

void ProblemLog::tell(consent::LineNumber row, std::optional<consent::CustomerId> customer,
                      consent::Outcome outcome, const std::string& reason) {
  if (classify(outcome) != consent::OutcomeClass::problem) return;
  const std::uint64_t count = ++told_[outcome];
  const auto level = count <= most_warnings ? spdlog::level::warn : spdlog::level::debug;
  if (!spdlog::should_log(level)) return;
  const std::string name = names_.of(customer);
  LogFields fields;
  fields.row = row;
  fields.customer = name;
  fields.outcome = to_string(outcome);
  log_with(level, fields,
           fmt::format("row {}{}: {}{}{}", row, name.empty() ? "" : ", customer " + name, to_string(outcome),
                       reason.empty() ? "" : ": ", logged_reason(reason, customers_)));
  if (count == most_warnings) {
    spdlog::warn("further rows that are {} are logged at level debug; the report has them all",
                 to_string(outcome));
  }
}

}  // namespace consent_sync::app
