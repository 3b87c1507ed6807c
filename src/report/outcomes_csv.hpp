#pragma once

#include <string>
#include <string_view>

#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::report {

inline constexpr std::string_view outcomes_csv_header =
    "line,customer_id,outcome,before,after,http_status,attempts,reason\n";

/// The line of outcomes.csv for a row, with its line end, in place of what `line` holds. In an audit `before` is what
/// the store holds, and `after` what the input says.
void write_outcomes_csv_line(const ledger::RowResult& row, std::string& line);

}  // namespace consent_sync::report
