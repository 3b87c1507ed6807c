#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <consent_sync/ledger/ledger.hpp>

#include "database/connection.hpp"
#include "database/query.hpp"

namespace consent_sync::ledger {

/// The rows without a change of their own that wait, or have: their columns are what read_row() reads.
inline constexpr const char* rows_apart_of_run =
    "SELECT line, customer, decided_at, outcome, before, after, http_status, attempts, reason FROM input_row "
    "WHERE run = ? ORDER BY line";
inline constexpr const char* blocks_of_run =
    "SELECT first_line, rows FROM row_block WHERE run = ? ORDER BY first_line";

void read_row(const Query& query, RowResult& row);

/// The runs of a store that have a plan, the newest first.
std::vector<std::pair<std::int64_t, RunId>> planned_runs(Connection& connection, const std::string& store);

/// Of rows that speak for several customers, this one among them.
std::set<consent::LineNumber> lines_shared_with(Connection& connection, std::int64_t run,
                                                consent::CustomerId customer);

/// In the order of the input; a customer has few. Blocks that cannot have any are not looked into.
std::vector<RowResult> rows_of_customer(Connection& connection, std::int64_t run,
                                        consent::CustomerId customer);

}  // namespace consent_sync::ledger
