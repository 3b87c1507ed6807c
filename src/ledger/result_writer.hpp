#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "evidence_log.hpp"
#include "queue.hpp"
#include "run_table.hpp"

namespace consent_sync::ledger {

/// The changes that have been handed out and not ended yet: what is known of them need not be looked for.
class HandedOut {
 public:
  struct Known {
    QueuePosition position;
    std::optional<consent::Timestamp> decided_at;  ///< of its row
  };

  void note(const StoredChange& waiting) {
    known_.insert_or_assign(waiting.position.line, Known{waiting.position, waiting.decided_at});
  }
  // Nothing for a change that was handed out by another process, or has ended.
  std::optional<Known> find(std::int64_t slot) const;
  std::optional<Known> take(std::int64_t slot);
  void clear() { known_.clear(); }

 private:
  std::unordered_map<std::int64_t, Known> known_;
};

/// Writes down how changes of one run ended, within one transaction of the caller's.
class ResultWriter {
 public:
  /// The references outlive it.
  ResultWriter(Connection& connection, RunKey run, RunId id, HandedOut& handed_out);

  /// The result outlives it.
  void record(const consent::ChangeResult& result);

  /// Once all are recorded.
  void finish();

 private:
  std::optional<HandedOut::Known> find_waiting(std::int64_t slot);
  void end(std::int64_t slot, const HandedOut::Known& known, const consent::ChangeResult& result);
  void end_carried(std::int64_t slot, const consent::ChangeResult& result);
  void end_account(std::int64_t slot, const consent::ChangeResult& result);
  void end_shared_row(consent::LineNumber line);
  std::vector<std::int64_t> carried_by(std::int64_t slot);
  void settle(const consent::ChangeResult& result, std::optional<consent::Timestamp> decided_at);
  void note_tries(std::int64_t slot, const HandedOut::Known& known, const consent::ChangeResult& result);
  void append_evidence(const consent::ChangeResult& result, std::optional<consent::Timestamp> decided_at);

  Connection& connection_;
  const RunKey run_;
  HandedOut& handed_out_;
  EvidenceLog evidence_;
  EvidenceEntry entry_;  ///< used again and again: its texts keep their room
  const bool has_carried_rows_;
  OutcomeCounts ended_;
  std::vector<RecordedChange> recorded_;  ///< noted in their blocks once all are there
  int leaving_ = 0;                       ///< of these wait no more
};

}  // namespace consent_sync::ledger
