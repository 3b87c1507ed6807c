#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <consent_sync/consent/record.hpp>
#include <consent_sync/ledger/counts.hpp>
#include <consent_sync/ledger/evidence.hpp>
#include <consent_sync/ledger/rows.hpp>
#include <consent_sync/ledger/run.hpp>
#include <consent_sync/ledger/store_lock.hpp>

namespace consent_sync::ledger {

/// The ledger cannot be used: not a ledger, a newer version, no space, an I/O error. what() names the file
/// and what to do. After it nothing may be sent: what cannot be recorded must not happen.
class LedgerError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The right to write about the store has gone over to another process: what is left to do is that one's.
class LeaseLost : public LedgerError {
 public:
  using LedgerError::LedgerError;
};

/// Reads the rows of a run one by one, in the order of the input, as they were when it was made.
class RowCursor {
 public:
  virtual ~RowCursor() = default;
  /// The next row; null at the end. Valid until the next call. Throws LedgerError.
  virtual const RowResult* next() = 0;
};

/// Reads a store's history entry by entry, as it was when it was made.
class EvidenceCursor {
 public:
  virtual ~EvidenceCursor() = default;
  /// The next entry; null at the end, and from then on. Valid until the next call. Throws LedgerError.
  virtual const EvidenceEntry* next() = 0;
};

/// Which entries of a history are wanted: all that meet what is set.
struct EvidenceFilter {
  std::optional<consent::CustomerId> customer = std::nullopt;
  RunId run = {};
};

/// What was taken out of the ledger when a customer was erased.
struct Erasure {
  std::uint64_t entries = 0;    ///< of evidence; their hashes stay
  std::uint64_t rows = 0;       ///< of runs: how they ended stays, whose they were does not
  std::uint64_t texts = 0;      ///< rows as they were written
  std::uint64_t addresses = 0;  ///< of which it was remembered that they are theirs, maybe among others
  bool was_confirmed = false;   ///< the ledger held a choice of theirs
  std::vector<RunId> runs;      ///< those with such rows: reports about them tell of the customer
  /// Why what is gone may still be found in the bytes of the ledger's files; empty: it was overwritten. The
  /// next erasure, of anybody, overwrites it.
  std::string traces;
  std::string beyond_reach;  ///< where a database keeps bytes that no erasure reaches; empty: nowhere

  bool is_empty() const { return entries + rows + texts + addresses == 0 && !was_confirmed; }
};

/// The durable memory: runs, rows, plan, confirmed state, evidence. Every function that writes is one
/// transaction: when it returns, the write is on disk; when it throws LedgerError, it did not happen, unless
/// a server was lost while it confirmed it: whoever opens the ledger next sees which. One thread at a time
/// per object; several objects (and processes) may have the same ledger open.
class Ledger {
 public:
  virtual ~Ledger() = default;

  // --- a run's life
  /// Adds a run in state `staging`.
  virtual void begin_run(const Run& run) = 0;
  virtual std::optional<Run> find_run(const RunId& id) = 0;
  /// Newest first.
  virtual std::vector<Run> runs(std::size_t limit) = 0;
  /// The run of this store and mode in state `open`, if there is one.
  virtual std::optional<Run> open_run(const std::string& store, Mode mode) = 0;
  /// The newest run of this store and mode whose plan was committed, if there is one.
  virtual std::optional<Run> last_run(const std::string& store, Mode mode) = 0;
  /// The newest run of this store and mode that ended with exit code 0, if there is one.
  virtual std::optional<Run> last_success(const std::string& store, Mode mode) = 0;
  /// The newest run of the same kind (store, mode, and whether it takes another back) that began before this
  /// one, and whose plan was committed (or that was abandoned).
  virtual std::optional<Run> run_before(const RunId& id) = 0;
  /// Forgets a run and its rows. Only for one in state `staging`, a run about to be read again, and
  /// prunable_runs(). What is confirmed and the evidence stay; changes handed out and not recorded are
  /// treated as by abandon_run.
  virtual void discard_run(const RunId& id) = 0;
  /// The runs of a store that ended before then, oldest first, but for those that later ones go by: of syncs
  /// and of audits the newest, and the newest that ended with exit code 0. Of dry runs all.
  virtual std::vector<RunId> prunable_runs(const std::string& store, consent::Timestamp ended_before) = 0;
  /// Forgets all runs of a store that are in state `staging`, but for one.
  virtual void discard_staging(const std::string& store, const RunId& except) = 0;
  /// A run in state `staging` or `open` becomes `abandoned`; its rows can still be reported. Changes handed
  /// out and not recorded may have reached the store: what is confirmed of their customers comes into doubt.
  virtual void abandon_run(const RunId& id) = 0;
  /// What was handed out of an open run and not recorded may have reached the store: what is confirmed of
  /// those customers comes into doubt. Nothing else becomes of the run.
  virtual void doubt_unrecorded(const RunId& id) = 0;
  /// The open run is taken up again: one more resumption; its end, exit code and stop reason are cleared.
  /// What an earlier process was handed and did not record may have reached the store: what is confirmed of
  /// those customers is in doubt until a result with `held` settles it. The queue and its changes stay as
  /// they were planned.
  virtual void resume_run(const RunId& id) = 0;
  /// The run's last word: an `open` run becomes `finished` if no row is pending; else the state stays.
  /// Sources of rows that ended ok go.
  virtual void end_run(const RunId& id, int exit_code, const std::string& stop_reason,
                       consent::Timestamp now) = 0;

  // --- input and plan (state `staging`). Until the plan is committed it lives in nameless files beside the
  // ledger and in the object that stages it; a run whose object is gone can only be discarded.
  /// Lines rise from row to row and from call to call.
  virtual void stage(const RunId& id, std::span<const StagedRow> rows) = 0;
  virtual void finish_staging(const RunId& id, const InputFacts& input) = 0;
  /// Calls `visit` for each customer of the run that is known, in the order of their ids: those of understood
  /// rows, and of invalid ones that were staged with their customer. `visit` may call `plan`.
  virtual void for_each_customer(const RunId& id, const std::function<void(const CustomerRows&)>& visit) = 0;
  /// The next customers of the run that are `wanted`, in the order of their ids. Cheap when called with the
  /// last of one answer for the next, and then with the same `wanted`.
  virtual std::vector<consent::CustomerId> select_customers(
      const RunId& id, const std::function<bool(const CustomerRows&)>& wanted,
      std::optional<consent::CustomerId> after, std::size_t limit) = 0;
  /// Notes, durably, what the store said of customers. A later observation takes the place of an earlier one.
  virtual void observe(const RunId& id, std::span<const ObservedCustomer> customers,
                       const Traffic& traffic) = 0;
  /// The run takes over what was observed for another run of the same store, but for customers of whom the
  /// ledger has learnt something since that run began, or whom a sync may have sent something to.
  virtual void adopt_observations(const RunId& id, const RunId& from) = 0;

  /// Customers whose changes an open run has not reached, and of whom no understood row of the run `by`,
  /// which is being staged, says anything: with `by` in its place, what they chose would never arrive.
  virtual std::uint64_t count_left_out(const RunId& open, const RunId& by) = 0;

  // --- addresses (state `staging`). Whose an address is is remembered beyond the run, the address itself
  // only as a keyed hash, whose key lies beside the ledger. `since`: what the store said before counts for
  // nothing. That an address is nobody's is remembered for the run only.
  /// How many different addresses of the run nobody knows anything of.
  virtual std::uint64_t count_unasked_addresses(const RunId& id, consent::Timestamp since) = 0;
  /// The next of them, each once; none at the end, after which the next call begins anew.
  virtual std::vector<std::string> unasked_addresses(const RunId& id, consent::Timestamp since,
                                                     std::size_t limit) = 0;
  /// Notes, durably, whose addresses are.
  virtual void note_addresses(const RunId& id, std::span<const AddressOwners> owners, consent::Timestamp now,
                              const Traffic& traffic) = 0;
  /// Calls `visit` for each row that is known by an address, once. True: the row speaks for the customers
  /// found, at most consent::most_accounts; false: it speaks for none of them, and `visit` has planned it,
  /// unless it is invalid. Whose it may be is kept with it, so that they can be erased. Once a run, before
  /// for_each_customer(), which then has the customers that are spoken for.
  virtual void identify(const RunId& id, consent::Timestamp since,
                        const std::function<bool(const AddressedRow&)>& visit) = 0;
  /// Forgets whose addresses are where the store said so before then, and what the rows of runs by address
  /// said that ended before then.
  virtual void forget_addresses(const std::string& store, consent::Timestamp before) = 0;

  /// The newest other run of the same store and mode that is still in state `staging`, over an input of the
  /// same SHA-256.
  virtual std::optional<RunId> interrupted_twin(const RunId& id) = 0;
  /// Of two plans for one row the later counts. A `pending` row with a change enters the queue; a
  /// `would_apply` one is only counted. A row that another carries waits for it.
  virtual void plan(const RunId& id, std::span<const PlannedRow> rows) = 0;
  /// What the plan will cost, or what part of the input it covers: for reports.
  virtual void note_forecast(const RunId& id, const Forecast& forecast) = 0;
  virtual void note_sample(const RunId& id, const Sample& sample) = 0;
  /// The plan is whole and written down: the run becomes `open`. What it settles is confirmed, unless it is a
  /// dry run or an audit. The open run in whose place it comes is abandoned with that, as by abandon_run().
  virtual void commit_plan(const RunId& id, const std::optional<RunId>& in_place_of) = 0;
  void commit_plan(const RunId& id) { commit_plan(id, std::nullopt); }

  // --- sending (state `open`)
  /// Up to `limit` queued changes after a position, in queue order. Durably notes how far they were handed
  /// out.
  virtual std::vector<QueuedChange> take_changes(const RunId& id, QueuePosition after, std::size_t limit) = 0;
  /// No change beyond `last` has left, although it was handed out: it is in no doubt.
  virtual void give_back(const RunId& id, QueuePosition last) = 0;
  /// Ends rows, and those they carry, takes them off the queue, and moves the confirmed state to what the
  /// store's replies say: `applied` and any other result with `held` confirm what is held (and append
  /// evidence, but for `unchanged`); `failed`, `conflict` and `held_back` leave it; any other result brings
  /// it into doubt, since an earlier try may have been applied. An audit's results never touch it. A result
  /// whose row has ended already is ignored: none is claimed twice. A result that is still `pending` ends
  /// nothing: its change stays queued.
  virtual void record(const RunId& id, std::span<const consent::ChangeResult> results,
                      const Traffic& traffic) = 0;
  /// Takes a pass over the queue.
  virtual QueuedCounts queued(const RunId& id) = 0;
  /// Adds windows of the store's quota that are over, in order.
  virtual void record_windows(const RunId& id, std::span<const WindowUse> windows) = 0;

  // --- reading
  /// As noted whenever a row ended.
  virtual OutcomeCounts counts(const RunId& id) = 0;
  /// Counted anew from the rows themselves: what accounts are checked with. Takes a pass over them.
  virtual OutcomeCounts recount(const RunId& id) = 0;
  /// Of all changes the run planned, ended or not.
  virtual ChangeCounts change_counts(const RunId& id) = 0;
  /// Takes a pass over the rows that do not speak for exactly one customer, which are few or none in most
  /// runs.
  virtual CustomerEnds customer_ends(const RunId& id) = 0;
  /// Of a run whose plan was committed, or that was abandoned.
  virtual std::unique_ptr<RowCursor> read_rows(const RunId& id) = 0;
  /// In the order of the input; also of a run that this object is staging. `visit` may call `plan`.
  virtual void for_each_row(const RunId& id, const std::function<void(const RowResult&)>& visit) = 0;
  /// In order.
  virtual void for_each_window(const RunId& id, const std::function<void(const WindowUse&)>& visit) = 0;
  virtual std::optional<consent::Choice> confirmed(const std::string& store,
                                                   consent::CustomerId customer) = 0;
  /// The run that carries out a dry run's plan, unless that one ended before it sent anything.
  virtual std::optional<Run> carried_out_by(const RunId& plan) = 0;

  // --- evidence
  /// Those that have runs or evidence, in the order of their hashes.
  virtual std::vector<std::string> stores() = 0;
  /// In the order of the entries.
  virtual std::unique_ptr<EvidenceCursor> read_evidence(const std::string& store,
                                                        const EvidenceFilter& filter) = 0;
  /// The rows about a customer in all runs of a store, the newest run first.
  virtual void for_each_row_of(const std::string& store, consent::CustomerId customer,
                               const std::function<void(const RunId&, const RowResult&)>& visit) = 0;
  /// Whether a row that was not understood may be the customer's; its `source` is set.
  using Mentions = std::function<bool(const Run& run, const RowResult& row)>;
  /// Takes a customer out of the ledger: what is confirmed, observed and remembered of them, and whose their
  /// rows and entries of evidence were. Counts and hashes stay, and an entry of evidence says what was
  /// erased. Throws LedgerError, also when a run that can be resumed still has to send a change of theirs.
  virtual Erasure erase_customer(const std::string& store, consent::CustomerId customer,
                                 const Mentions& mentions, consent::Timestamp now) = 0;
};

/// Opens or makes the ledger that `location` names ("sqlite:PATH": the file is made owner-only;
/// "postgresql://USER@HOST/DATABASE": its tables are made in the database) and migrates it to this version.
/// With `lock` (which outlives it) it writes about that store only while the lock is held; a write that comes
/// too late throws. Throws LedgerError.
std::unique_ptr<Ledger> open_ledger(const std::string& location, const StoreLock* lock = nullptr);

/// Whether there is a ledger at `location`. Makes nothing. Throws LedgerError.
bool has_ledger(const std::string& location);

/// The location without any password, as messages have it. Throws LedgerError for what is no
/// location.
std::string describe_location(const std::string& location);

}  // namespace consent_sync::ledger
