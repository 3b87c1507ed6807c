#pragma once

#include <map>
#include <memory>

#include "address_digest.hpp"
#include "address_stream.hpp"
#include "customer_stream.hpp"
#include "result_writer.hpp"
#include "row_block.hpp"
#include "run_table.hpp"
#include "staging/queue_entry.hpp"
#include "staging/staging.hpp"
#include "staging/texted_sort.hpp"

namespace consent_sync::ledger {

/// The ledger in a database that speaks SQL. Its functions are in runs.cpp, planning.cpp, addresses.cpp,
/// committing.cpp, sending.cpp, windows.cpp, reading.cpp, counting.cpp, history.cpp and erasure.cpp.
class SqlLedger final : public Ledger {
 public:
  /// Over a connection to a ledger of this version.
  explicit SqlLedger(std::unique_ptr<Connection> connection) : owned_(std::move(connection)) {}

  void begin_run(const Run& run) override;
  std::optional<Run> find_run(const RunId& id) override;
  std::vector<Run> runs(std::size_t limit) override;
  std::optional<Run> open_run(const std::string& store, Mode mode) override;
  std::optional<Run> last_run(const std::string& store, Mode mode) override;
  std::optional<Run> last_success(const std::string& store, Mode mode) override;
  std::optional<Run> run_before(const RunId& id) override;
  void discard_run(const RunId& id) override;
  std::vector<RunId> prunable_runs(const std::string& store, consent::Timestamp ended_before) override;
  void discard_staging(const std::string& store, const RunId& except) override;
  void abandon_run(const RunId& id) override;
  void doubt_unrecorded(const RunId& id) override;
  void resume_run(const RunId& id) override;
  void end_run(const RunId& id, int exit_code, const std::string& stop_reason,
               consent::Timestamp now) override;

  void stage(const RunId& id, std::span<const StagedRow> rows) override;
  void finish_staging(const RunId& id, const InputFacts& input) override;
  void for_each_customer(const RunId& id, const std::function<void(const CustomerRows&)>& visit) override;
  std::vector<consent::CustomerId> select_customers(const RunId& id,
                                                    const std::function<bool(const CustomerRows&)>& wanted,
                                                    std::optional<consent::CustomerId> after,
                                                    std::size_t limit) override;
  void observe(const RunId& id, std::span<const ObservedCustomer> customers, const Traffic& traffic) override;
  void adopt_observations(const RunId& id, const RunId& from) override;
  std::uint64_t count_left_out(const RunId& open, const RunId& by) override;
  std::uint64_t count_unasked_addresses(const RunId& id, consent::Timestamp since) override;
  std::vector<std::string> unasked_addresses(const RunId& id, consent::Timestamp since,
                                             std::size_t limit) override;
  void note_addresses(const RunId& id, std::span<const AddressOwners> owners, consent::Timestamp now,
                      const Traffic& traffic) override;
  void identify(const RunId& id, consent::Timestamp since,
                const std::function<bool(const AddressedRow&)>& visit) override;
  void forget_addresses(const std::string& store, consent::Timestamp before) override;
  std::optional<RunId> interrupted_twin(const RunId& id) override;
  void note_forecast(const RunId& id, const Forecast& forecast) override;
  void note_sample(const RunId& id, const Sample& sample) override;
  void plan(const RunId& id, std::span<const PlannedRow> rows) override;
  using Ledger::commit_plan;
  void commit_plan(const RunId& id, const std::optional<RunId>& in_place_of) override;

  std::vector<QueuedChange> take_changes(const RunId& id, QueuePosition after, std::size_t limit) override;
  void give_back(const RunId& id, QueuePosition last) override;
  void record(const RunId& id, std::span<const consent::ChangeResult> results,
              const Traffic& traffic) override;
  QueuedCounts queued(const RunId& id) override;
  void record_windows(const RunId& id, std::span<const WindowUse> windows) override;

  OutcomeCounts counts(const RunId& id) override;
  OutcomeCounts recount(const RunId& id) override;
  ChangeCounts change_counts(const RunId& id) override;
  CustomerEnds customer_ends(const RunId& id) override;
  std::unique_ptr<RowCursor> read_rows(const RunId& id) override;
  void for_each_row(const RunId& id, const std::function<void(const RowResult&)>& visit) override;
  void for_each_window(const RunId& id, const std::function<void(const WindowUse&)>& visit) override;
  std::optional<consent::Choice> confirmed(const std::string& store, consent::CustomerId customer) override;
  std::optional<Run> carried_out_by(const RunId& plan) override;

  std::vector<std::string> stores() override;
  std::unique_ptr<EvidenceCursor> read_evidence(const std::string& store,
                                                const EvidenceFilter& filter) override;
  void for_each_row_of(const std::string& store, consent::CustomerId customer,
                       const std::function<void(const RunId&, const RowResult&)>& visit) override;
  Erasure erase_customer(const std::string& store, consent::CustomerId customer, const Mentions& mentions,
                         consent::Timestamp now) override;

 private:
  /// Within a write: the run, in one of the states if any are named, and nobody else writes about its store.
  RunKey own_run(const RunId& id);
  RunKey own_run(const RunId& id, std::initializer_list<RunState> states);
  void remove_sources_of_well_rows(std::int64_t run);
  void forget(std::int64_t run);
  void doubt_handed_out(const RunKey& run);
  void abandon_open(const RunKey& run);
  bool has_pending_rows(std::int64_t run);

  // What a run is staged in (planning.cpp)
  struct Staged {
    explicit Staged(const Workspace& workspace) : rows(workspace) {}
    Staging rows;
    OutcomeCounts counts;  ///< before any plan
    bool is_planned = false;
    std::unique_ptr<CustomerStream> selection;  ///< of select_customers()
    std::optional<consent::CustomerId> selected_up_to;
    std::unique_ptr<AddressStream> unasked;  ///< of unasked_addresses()
  };
  Staged& staged(const RunId& id);
  void disregard_those_sent_to(const RunKey& run, consent::Timestamp since);

  // Addresses (addresses.cpp)
  AddressDigester& digester();

  // Writing a plan down (committing.cpp)
  void write_plan(const RunKey& run, const RunId& id, RunState into);
  void write_row_plan(const RunKey& run, consent::CustomerId customer, const PlannedRow& plan,
                      std::optional<consent::Timestamp> decided_at, TextedSort<QueueEntry>& queue);
  void write_account(std::int64_t run, consent::LineNumber line, std::size_t number,
                     const AccountResult& account);
  void write_row_apart(const RunKey& run, const StagedRow& row, const RowResult& result);
  void write_carried(std::int64_t run, const PlannedRow& row);
  void write_block(std::int64_t run, const RowBlock& block);
  void enqueue(std::int64_t run, TextedSort<QueueEntry>& queue);

  const std::unique_ptr<Connection> owned_;
  Connection& connection_ = *owned_;
  HandedOut handed_out_;
  std::unique_ptr<AddressDigester> digester_;  ///< made when the first address comes
  std::map<RunId, std::unique_ptr<Staged>> staged_;
};

}  // namespace consent_sync::ledger
