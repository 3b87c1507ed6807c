#pragma once

#include <string>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/ledger/run.hpp>

#include "digest.hpp"

namespace consent_sync::report {

/// The text of report.html.
std::string report_page(const ledger::Run& run, const ledger::ChangeCounts& changes, const Digest& digest);

}  // namespace consent_sync::report
