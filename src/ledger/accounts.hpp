#pragma once

#include <consent_sync/ledger/rows.hpp>

#include "database/query.hpp"

namespace consent_sync::ledger {

/// Says of a row that speaks for several customers what its `accounts` come to.
void sum_up(RowResult& row);

/// From the columns line, customer, outcome, before, after, http_status, attempts, reason.
AccountResult read_account(const Query& query);

}  // namespace consent_sync::ledger
