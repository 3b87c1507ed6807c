#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <consent_sync/ledger/evidence.hpp>
#include <consent_sync/ledger/ledger.hpp>

#include "database/connection.hpp"
#include "database/query.hpp"
#include "evidence_block.hpp"
#include "evidence_hash.hpp"

namespace consent_sync::ledger {

/// Appends to the history of one store, within one transaction of the caller's.
class EvidenceLog {
 public:
  /// The references outlive it.
  EvidenceLog(Connection& connection, const std::string& store) : connection_(connection), store_(store) {}

  /// Sets the entry's sequence, secret and link; its input and correlation id become those of the run. An
  /// entry may be used again and again.
  void append(EvidenceEntry& entry);

  /// Once all are appended.
  void finish();

 private:
  void use_run(const RunId& run);

  Connection& connection_;
  const std::string& store_;
  EvidenceSecrets secrets_;
  EvidenceHasher hasher_;
  std::string text_;
  std::optional<EvidenceHead> head_;  ///< once it was read
  EvidenceBlock block_;               ///< of the entries that are not in the ledger yet
  struct KnownRun {
    RunId id;                         ///< "": none
    std::optional<std::int64_t> key;  ///< in `evidence_run`
    std::string input_sha256;
    std::string correlation_id;
  } run_;
};

std::optional<EvidenceHead> select_evidence_head(Connection& connection, const std::string& store);

/// Takes out what the entries of a store say of a customer, within a transaction of the caller's; their
/// hashes stay. The sequences of these entries.
std::vector<std::uint64_t> erase_from_evidence(Connection& connection, const std::string& store,
                                               consent::CustomerId customer);

/// Goes through the entries of a store in their order, as `filter` has them.
class EvidenceReader {
 public:
  /// `connection` outlives it.
  EvidenceReader(Connection& connection, const std::string& store, const EvidenceFilter& filter);

  /// False at the end.
  bool next(EvidenceEntry& entry);

 private:
  bool next_block();

  Query blocks_;
  const EvidenceFilter filter_;
  std::optional<EvidenceBlockReader> block_;
};

}  // namespace consent_sync::ledger
