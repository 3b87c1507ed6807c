#pragma once

#include "run_table.hpp"

namespace consent_sync::ledger {

/// The ledger in one SQLite file. Its functions are in runs.cpp, planning.cpp, sending.cpp and reading.cpp.
class SqliteLedger final : public Ledger {
 public:
  explicit SqliteLedger(const std::string& path);

  void begin_run(const Run& run) override;
  std::optional<Run> find_run(const RunId& id) override;
  std::vector<Run> runs(std::size_t limit) override;
  std::optional<Run> open_run(const std::string& store, Mode mode) override;
  std::optional<Run> last_run(const std::string& store, Mode mode) override;
  void discard_run(const RunId& id) override;
  void discard_staging(const std::string& store) override;
  void abandon_run(const RunId& id) override;
  void resume_run(const RunId& id, consent::Timestamp now) override;
  void end_run(const RunId& id, int exit_code, const std::string& stop_reason,
               consent::Timestamp now) override;

  void stage(const RunId& id, std::span<const StagedRow> rows) override;
  void finish_staging(const RunId& id, const InputFacts& input) override;
  void for_each_customer(const RunId& id, const std::function<void(const CustomerRows&)>& visit) override;
  void plan(const RunId& id, std::span<const PlannedRow> rows) override;
  void commit_plan(const RunId& id) override;

  std::vector<QueuedChange> take_changes(const RunId& id, QueuePosition after, std::size_t limit) override;
  void give_back(const RunId& id, QueuePosition last) override;
  void record(const RunId& id, std::span<const consent::ChangeResult> results,
              const Traffic& traffic) override;
  void record_windows(const RunId& id, std::span<const WindowUse> windows) override;

  OutcomeCounts counts(const RunId& id) override;
  ChangeCounts change_counts(const RunId& id) override;
  void for_each_row(const RunId& id, const std::function<void(const RowResult&)>& visit) override;
  void for_each_window(const RunId& id, const std::function<void(const WindowUse&)>& visit) override;
  std::optional<consent::Choice> confirmed(const std::string& store, consent::CustomerId customer) override;

 private:
  void forget(std::int64_t run);
  void doubt_handed_out(const RunKey& run);
  bool has_pending_rows(std::int64_t run);
  void enqueue(std::int64_t run, const PlannedRow& row);
  void record_one(const RunKey& run, const RunId& id, const consent::ChangeResult& result);
  void note_tries(const RunKey& run, const consent::ChangeResult& result);
  void confirm(const RunKey& run, const RunId& id, const consent::ChangeResult& result);

  Connection connection_;
};

}  // namespace consent_sync::ledger
