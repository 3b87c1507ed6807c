#pragma once

#include <consent_sync/ledger/work_list.hpp>

namespace consent_sync::ledger::postgresql {

/// open_work_list() for a ledger in PostgreSQL.
std::unique_ptr<WorkList> open_shared_work_list(const std::string& url, const std::string& batch,
                                                std::span<const std::string> only,
                                                std::chrono::milliseconds lease);

}  // namespace consent_sync::ledger::postgresql
