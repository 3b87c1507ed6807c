#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "database/ordered_scan.hpp"
#include "evidence_log.hpp"
#include "live_rows.hpp"
#include "run_rows.hpp"
#include "sources.hpp"
#include "sql_ledger.hpp"

namespace consent_sync::ledger {
namespace {

constexpr const char* erased_reason = "The customer was erased on request";

/// Takes one customer out of one store, within a transaction of the caller's.
class Eraser {
 public:
  Eraser(Connection& connection, const std::string& store, consent::CustomerId customer)
      : connection_(connection), store_(store), customer_(customer) {}

  /// A row that waits for another of its customers could never end without its accounts.
  void require_nothing_queued() {
    Query open(connection_.prepared("SELECT key, id FROM run WHERE store = ? AND state = 'open'"), store_);
    while (open.next()) {
      if (!waits_in(open.integer(0))) continue;
      throw LedgerError(fmt::format(
          "Run {} is not finished and still has to send a change of this customer, or of another for whom "
          "the same row speaks: finish it with the command that began it, then ask again. Nothing was "
          "erased.",
          open.text(1)));
    }
  }

  void erase_evidence(consent::Timestamp now) {
    EvidenceEntry erasure;
    erasure.kind = EvidenceEntry::Kind::erasure;
    erasure.confirmed_at = now;
    erasure.erases = erase_from_evidence(connection_, store_, customer_);
    done_.entries = erasure.erases.size();
    if (erasure.erases.empty()) return;
    EvidenceLog log(connection_, store_);
    log.append(erasure);
    log.finish();
  }

  void erase_state() {
    done_.was_confirmed =
        execute(connection_.prepared("DELETE FROM confirmed WHERE store = ? AND customer = ?"), store_,
                customer_) > 0;
    execute(
        connection_.prepared("DELETE FROM observed WHERE customer = ? AND run IN (SELECT key FROM run WHERE "
                             "store = ?)"),
        customer_, store_);
    erase_addresses();
  }

  void erase_rows(std::int64_t key, const Run& run, const Ledger::Mentions& mentions) {
    const std::vector<RowResult> rows = rows_of_customer(connection_, key, customer_);
    shared_ = lines_shared_with(connection_, key, customer_);
    std::set<consent::LineNumber> theirs;
    for (const RowResult& row : rows) theirs.insert(row.line);
    const std::uint64_t unclear = erase_texts(key, run, theirs, mentions);
    if (!rows.empty()) {
      execute(connection_.prepared(
                  "UPDATE input_row SET customer = NULL, choice = NULL, decided_at = NULL, reason "
                  "= ? WHERE run = ? AND customer = ?"),
              std::string_view(erased_reason), key, customer_);
      erase_changes(key);
      for (const consent::LineNumber line : shared_) erase_shared_row(key, line);
      rewrite_blocks(key);
    }
    done_.rows += rows.size();
    if (!rows.empty() || unclear != 0) done_.runs.push_back(run.id);
  }

  const Erasure& done() const { return done_; }

 private:
  bool waits_in(std::int64_t run) {
    const std::vector<StoredChange> changes = changes_of_customer(connection_, run, customer_);
    if (std::any_of(changes.begin(), changes.end(), [](const auto& stored) { return stored.is_waiting(); }))
      return true;
    Query apart(
        connection_.prepared(
            "SELECT 1 WHERE EXISTS (SELECT 1 FROM input_row WHERE run = ?1 AND customer = ?2 AND outcome = "
            "'pending') OR EXISTS (SELECT 1 FROM account JOIN input_row ON input_row.run = account.run AND "
            "input_row.line = account.line WHERE account.run = ?1 AND account.customer = ?2 AND "
            "input_row.outcome = 'pending')"),
        run, customer_);
    return apart.next();
  }

  /// Whose an address is can be asked again.
  void erase_addresses() {
    std::vector<std::string> addresses;
    {
      Query query(connection_.scan("SELECT address, customers FROM email_owner WHERE store = ?"), store_);
      while (query.next()) {
        const std::vector<consent::CustomerId> owners = customers_of(query.blob(1));
        if (std::find(owners.begin(), owners.end(), customer_) != owners.end())
          addresses.push_back(query.blob(0));
      }
    }
    auto& remove = connection_.prepared("DELETE FROM email_owner WHERE store = ? AND address = ?");
    for (const std::string& address : addresses) {
      execute(remove, store_, Bytes{address});
    }
    done_.addresses = addresses.size();
  }

  /// A change is somebody's: what stays of its row is kept apart.
  void erase_changes(std::int64_t run) {
    for (const StoredChange& stored : take_out_changes(connection_, run, customer_)) {
      if (stored.change.account != 0) continue;
      execute(connection_.prepared("INSERT INTO input_row (run, line, outcome, before, after, http_status, "
                                   "attempts, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
              run, stored.change.line, stored.end.outcome, stored.change.before, stored.change.wanted,
              stored.end.http_status, stored.end.attempts, std::string_view(erased_reason));
    }
  }

  /// Of a row that speaks for several customers, what it says of the others goes with it.
  void erase_shared_row(std::int64_t run, consent::LineNumber line) {
    execute(connection_.prepared(
                "UPDATE input_row SET customer = NULL, choice = NULL, decided_at = NULL, reason = ? "
                "WHERE run = ? AND line = ?"),
            std::string_view(erased_reason), run, line);
    execute(connection_.prepared("DELETE FROM account WHERE run = ? AND line = ?"), run, line);
  }

  /// What was written in the customer's rows, and in rows that may be theirs: one that was not understood may
  /// be about anybody. How many of these there were.
  std::uint64_t erase_texts(std::int64_t key, const Run& run, const std::set<consent::LineNumber>& theirs,
                            const Ledger::Mentions& mentions) {
    std::uint64_t unclear = 0;
    std::optional<LiveRows> live;
    done_.texts += remove_sources(connection_, key, [&](consent::LineNumber line, std::string_view text) {
      if (theirs.contains(line)) return true;
      RowResult row;
      row.line = line;
      row.source = text;
      if (!mentions(run, row)) return false;
      if (!live) live.emplace(connection_, key);
      if (is_somebodys(*live, key, line)) return false;
      ++unclear;
      return true;
    });
    return unclear;
  }

  /// The row is known to be about a customer: whoever it is, it was looked at as theirs. Lines rise from call
  /// to call.
  bool is_somebodys(LiveRows& live, std::int64_t run, consent::LineNumber line) {
    while (live.front() != nullptr && live.front()->line < line) live.step();
    if (live.front() != nullptr && live.front()->line == line) return live.front()->customer.has_value();
    Query block(
        connection_.prepared("SELECT first_line, rows FROM row_block WHERE run = ? AND first_line <= ? ORDER "
                             "BY first_line DESC LIMIT 1"),
        run, line);
    if (!block.next()) return false;
    RowBlockReader reader(block.integer(0), block.blob(1));
    for (RowResult row; reader.next(row);) {
      if (row.line == line) return row.customer.has_value();
    }
    return false;
  }

  void rewrite_blocks(std::int64_t run) {
    std::vector<RowBlock> rewritten;
    {
      Query query(connection_.scan(blocks_of_run), run);
      while (query.next()) {
        std::string bytes = query.blob(1);
        const consent::LineNumber first_line = query.integer(0);
        const bool may_have_shared = shared_.lower_bound(first_line) != shared_.end();
        if (!may_have_shared && !may_have(bytes, customer_)) continue;
        if (std::optional<RowBlock> block = without_customer(RowBlockReader(first_line, std::move(bytes))))
          rewritten.push_back(std::move(*block));
      }
    }
    auto& update = connection_.prepared("UPDATE row_block SET rows = ? WHERE run = ? AND first_line = ?");
    for (const RowBlock& block : rewritten) {
      execute(update, Bytes{block.bytes()}, run, block.first_line());
    }
  }

  /// Nothing: no row of it is the customer's, and it may stay as it is.
  std::optional<RowBlock> without_customer(RowBlockReader rows) const {
    RowBlock block;
    bool is_changed = false;
    for (RowResult row; rows.next(row); block.add(row)) {
      if (row.customer != customer_ && !shared_.contains(row.line)) continue;
      row.customer.reset();
      row.decided_at.reset();
      row.reason = erased_reason;
      is_changed = true;
    }
    return is_changed ? std::optional(std::move(block)) : std::nullopt;
  }

  Connection& connection_;
  const std::string& store_;
  const consent::CustomerId customer_;
  std::set<consent::LineNumber> shared_;  ///< of the run under way: rows that speak for others, too
  Erasure done_;
};

}  // namespace

Erasure SqlLedger::erase_customer(const std::string& store, consent::CustomerId customer,
                                  const Mentions& mentions, consent::Timestamp now) {
  Eraser eraser(connection_, store, customer);
  connection_.write([&] {
    connection_.own(store);
    eraser.require_nothing_queued();
    eraser.erase_evidence(now);
    eraser.erase_state();
    for (const auto& [key, id] : planned_runs(connection_, store)) {
      eraser.erase_rows(key, select_run(connection_, id).value(), mentions);
    }
  });
  Erasure done = eraser.done();
  done.beyond_reach = connection_.beyond_reach();
  try {
    done.traces = connection_.guarded([&] { return connection_.traces_of_deleted(); });
  } catch (const LedgerError& problem) {
    done.traces = problem.what();  // it has happened
  }
  return done;
}

}  // namespace consent_sync::ledger
