#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::report {

enum class HistoryFormat : std::uint8_t { csv, ndjson };

/// Writes the entries of a store's history, one a line: the fields of ledger::evidence_fields() in their
/// order, then `secret`, `digest` (of what was erased only) and `link` in hexadecimal. With all of a
/// history's entries anybody can verify it, by the rule that stands at ledger::EvidenceEntry. In NDJSON,
/// sequence, line and customer_id are numbers, and what an entry does not have is left out. Leaves the
/// stream's state to tell of failures.
void write_history(ledger::EvidenceCursor& history, const std::string& store, HistoryFormat format,
                   std::ostream& out);

}  // namespace consent_sync::report
