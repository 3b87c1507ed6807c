#pragma once

#include <string>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/ledger/run.hpp>

#include "digest.hpp"
#include "quota_digest.hpp"

namespace consent_sync::report {

/// The text of summary.json. Members that have no value yet are null, not left out. A change that could break
/// a reader raises schema_version.
std::string summary_json(const ledger::Run& run, const ledger::ChangeCounts& changes, const Digest& digest,
                         const QuotaDigest& quota);

}  // namespace consent_sync::report
