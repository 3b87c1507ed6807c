#pragma once

#include <string>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/ledger/run.hpp>

#include "digest.hpp"
#include "quota_digest.hpp"

namespace consent_sync::report {

/// The text of report.html.
std::string report_page(const ledger::Run& run, const ledger::ChangeCounts& changes, const Digest& digest,
                        const QuotaDigest& quota);

}  // namespace consent_sync::report
