#pragma once

#include <string>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/ledger/run.hpp>

namespace consent_sync::report {

/// The header of rejected.csv, with its line end: the input's columns (see write_report) and `reason`.
std::string rejected_csv_header(const ledger::InputFacts& input);

/// The line of rejected.csv for a row of that input, with its line end. Cells of the input stand as they
/// stood there; those beyond the header's columns come after the reason, so that the reason stays in its
/// column.
std::string rejected_csv_line(const ledger::InputFacts& input, const ledger::RowResult& row);

}  // namespace consent_sync::report
