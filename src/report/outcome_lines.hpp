#pragma once

#include <string>
#include <string_view>

#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::report {

inline constexpr std::string_view outcomes_csv_header =
    "line,customer_id,outcome,before,after,http_status,attempts,reason\n";

/// The line of outcomes.csv for a row, with its line end, in place of what `line` holds. In an audit `before`
/// is what the store holds, and `after` what the input says.
void write_outcomes_csv_line(const ledger::RowResult& row, std::string& line);

/// The same for outcomes.ndjson: an object of the same names; null for what is not known.
void write_outcomes_ndjson_line(const ledger::RowResult& row, std::string& line);

/// `after`, where it came about: what was asked for and did not is no "after".
std::optional<consent::Choice> after_of(const ledger::RowResult& row);

}  // namespace consent_sync::report
