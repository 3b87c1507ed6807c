#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <consent_sync/ledger/evidence.hpp>

#include "database/connection.hpp"
#include "database/query.hpp"
#include "evidence_hash.hpp"

namespace consent_sync::ledger {

/// Appends to the history of one store, within one transaction of the caller's.
class EvidenceLog {
 public:
  /// The references outlive it.
  EvidenceLog(Connection& connection, const std::string& store) : connection_(connection), store_(store) {}

  /// Sets the entry's sequence and secret; its input and correlation id become those of the run. An entry may
  /// be used again and again.
  void append(EvidenceEntry& entry);

 private:
  std::int64_t key_of(const RunId& run);

  Connection& connection_;
  const std::string& store_;
  EvidenceSecrets secrets_;
  EvidenceHasher hasher_;
  std::string text_;
  std::optional<EvidenceHead> head_;  ///< once it was read
  struct KnownRun {
    RunId id;
    std::int64_t key = 0;
    std::string input_sha256;
    std::string correlation_id;
  } run_;
};

std::optional<EvidenceHead> select_evidence_head(Connection& connection, const std::string& store);

inline constexpr const char* select_evidence =
    "SELECT sequence, kind, erased, customer, before, after, decided_at, confirmed_at, id, line, "
    "input_sha256, "
    "correlation_id, erases, secret, digest, link FROM evidence LEFT JOIN evidence_run ON key = run WHERE "
    "evidence.store = ?1 "
    "AND (CAST(?2 AS BIGINT) IS NULL OR customer = ?2) AND (CAST(?3 AS TEXT) IS NULL OR id = ?3) ORDER BY "
    "sequence";
/// Reads a row of `select_evidence`.
void read_evidence_entry(const Query& query, EvidenceEntry& entry);

/// Puts what versions before 5 kept (table evidence_before_5) into chains.
void chain_old_evidence(Connection& connection);

}  // namespace consent_sync::ledger
