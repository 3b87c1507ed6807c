#pragma once

#include <string>

#include <consent_sync/consent/timestamp.hpp>
#include <consent_sync/ledger/run.hpp>

namespace consent_sync::app {

/// "20261124T050000Z-3f9ac2": when it began, and a part of a UUID.
ledger::RunId make_run_id(consent::Timestamp now, const std::string& uuid);

}  // namespace consent_sync::app
