#pragma once

#include <string>
#include <string_view>

#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::report {

inline constexpr std::string_view outcomes_csv_header =
    "line,customer_id,outcome,before,after,http_status,attempts,reason\n";

/// The line of outcomes.csv for a row, with its line end.
std::string outcomes_csv_line(const ledger::RowResult& row);

}  // namespace consent_sync::report
