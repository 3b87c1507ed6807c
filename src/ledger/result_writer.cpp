#include "result_writer.hpp"

#include <algorithm>
#include <utility>

#include "accounts.hpp"
#include "confirmed.hpp"
#include "slot.hpp"

namespace consent_sync::ledger {
namespace {

bool has_carried_rows(Connection& connection, std::int64_t run) {
  Query query(connection.prepared("SELECT EXISTS (SELECT 1 FROM carried_row WHERE run = ?)"), run);
  return query.next() && query.integer(0) != 0;
}

}  // namespace

std::optional<HandedOut::Known> HandedOut::find(std::int64_t slot) const {
  const auto found = known_.find(slot);
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<HandedOut::Known> HandedOut::take(std::int64_t slot) {
  const auto found = known_.find(slot);
  if (found == known_.end()) return std::nullopt;
  const Known known = found->second;
  known_.erase(found);
  return known;
}

ResultWriter::ResultWriter(Connection& connection, RunKey run, RunId id, HandedOut& handed_out)
    : connection_(connection),
      run_(std::move(run)),
      handed_out_(handed_out),
      evidence_(connection, run_.store),
      has_carried_rows_(has_carried_rows(connection, run_.key)) {
  entry_.run = std::move(id);
}

void ResultWriter::record(const consent::ChangeResult& result) {
  const std::int64_t slot = slot_of(result.change.line, result.change.account);
  const bool ends = result.outcome != consent::Outcome::pending;
  std::optional<HandedOut::Known> known = ends ? handed_out_.take(slot) : handed_out_.find(slot);
  if (!known) known = find_waiting(slot);
  if (!known) return;  // it has ended already
  if (ends) {
    end(slot, *known, result);
  } else {
    note_tries(slot, *known, result);
  }
}

/// Of a change that this process has not handed out. Who handed it out and has not ended it yet need not
/// look.
std::optional<HandedOut::Known> ResultWriter::find_waiting(std::int64_t slot) {
  const auto ends_here = [slot](const RecordedChange& recorded) {
    return recorded.position.line == slot && recorded.result->outcome != consent::Outcome::pending;
  };
  if (std::any_of(recorded_.begin(), recorded_.end(), ends_here)) return std::nullopt;
  std::optional<HandedOut::Known> found;
  for_each_waiting(connection_, run_.key, {}, [&](const StoredChange& waiting) {
    if (waiting.position.line == slot) found = {waiting.position, waiting.decided_at};
    return !found;
  });
  return found;
}

void ResultWriter::end(std::int64_t slot, const HandedOut::Known& known,
                       const consent::ChangeResult& result) {
  recorded_.push_back({known.position, &result});
  ++leaving_;
  if (account_of(slot) != 0) {
    end_account(slot, result);
  } else {
    ++ended_[result.outcome];
  }
  for (const std::int64_t carried : carried_by(slot)) end_carried(carried, result);
  if (run_.mode == Mode::sync) settle(result, known.decided_at);
}

std::vector<std::int64_t> ResultWriter::carried_by(std::int64_t slot) {
  if (!has_carried_rows_) return {};
  Query query(connection_.prepared("SELECT line FROM carried_row WHERE run = ? AND carrier = ?"), run_.key,
              slot);
  std::vector<std::int64_t> slots;
  while (query.next()) slots.push_back(query.integer(0));
  return slots;
}

void ResultWriter::end_carried(std::int64_t slot, const consent::ChangeResult& result) {
  if (account_of(slot) != 0) return end_account(slot, result);
  const int ended = execute(connection_.prepared("UPDATE input_row SET outcome = ?, http_status = ?, "
                                                 "attempts = ?, reason = ?, before = ?, after = ? "
                                                 "WHERE run = ? AND line = ? AND outcome = 'pending'"),
                            result.outcome, result.http_status, result.attempts, result.reason,
                            result.change.before, result.change.wanted, run_.key, slot);
  if (ended != 0) ++ended_[result.outcome];
}

void ResultWriter::end_account(std::int64_t slot, const consent::ChangeResult& result) {
  const int ended = execute(
      connection_.prepared(
          "UPDATE account SET outcome = ?, http_status = ?, attempts = ?, reason = ?, before = ?, after = ? "
          "WHERE run = ? AND line = ? AND number = ? AND outcome = 'pending'"),
      result.outcome, result.http_status, result.attempts, result.reason, result.change.before,
      result.change.wanted, run_.key, line_of(slot), int{account_of(slot)});
  if (ended != 0) end_shared_row(line_of(slot));
}

/// Ends a row that speaks for several customers, once it has ended for all of them.
void ResultWriter::end_shared_row(consent::LineNumber line) {
  RowResult row;
  {
    Query query(
        connection_.prepared("SELECT line, customer, outcome, before, after, http_status, attempts, reason "
                             "FROM account WHERE run = ? AND line = ? ORDER BY number"),
        run_.key, line);
    while (query.next()) row.accounts.push_back(read_account(query));
  }
  sum_up(row);
  if (row.outcome == consent::Outcome::pending) return;
  execute(
      connection_.prepared("UPDATE input_row SET customer = ?, outcome = ?, http_status = ?, attempts = ?, "
                           "reason = ?, before = ?, after = ? WHERE run = ? AND line = ?"),
      row.customer, row.outcome, row.http_status, row.attempts, row.reason, row.before, row.after, run_.key,
      line);
  ++ended_[row.outcome];
}

void ResultWriter::settle(const consent::ChangeResult& result, std::optional<consent::Timestamp> decided_at) {
  using consent::Outcome;
  if (result.held) {
    if (result.outcome != Outcome::unchanged) {
      append_evidence(result, decided_at);
    }
    confirm_held(connection_, run_.store, result.change.customer,
                 {*result.held, result.asked, result.confirmed_at, decided_at, run_.restores});
  } else if (result.outcome != Outcome::failed && result.outcome != Outcome::conflict &&
             result.outcome != Outcome::held_back) {
    execute_later(connection_.prepared("UPDATE confirmed SET in_doubt = 1 WHERE store = ? AND customer = ?"),
                  run_.store, result.change.customer);
  }
}

void ResultWriter::note_tries(std::int64_t slot, const HandedOut::Known& known,
                              const consent::ChangeResult& result) {
  if (account_of(slot) == 0) return recorded_.push_back({known.position, &result});
  execute(
      connection_.prepared("UPDATE account SET http_status = ?, attempts = ?, reason = ? WHERE run = ? AND "
                           "line = ? AND number = ? AND outcome = 'pending'"),
      result.http_status, result.attempts, result.reason, run_.key, line_of(slot), int{account_of(slot)});
}

void ResultWriter::append_evidence(const consent::ChangeResult& result,
                                   std::optional<consent::Timestamp> decided_at) {
  entry_.customer = result.change.customer;
  entry_.before = result.change.before;
  entry_.after = result.held;
  entry_.decided_at = decided_at;
  entry_.confirmed_at = result.confirmed_at;
  entry_.line = result.change.line;
  evidence_.append(entry_);
}

void ResultWriter::finish() {
  evidence_.finish();
  require_changed(record_changes(connection_, run_.key, std::move(recorded_)), leaving_);
  for (const consent::Outcome outcome : consent::all_outcomes) {
    const auto rows = static_cast<std::int64_t>(ended_[outcome]);
    if (rows != 0) count_rows(connection_, run_.key, outcome, rows);
  }
  const auto all = static_cast<std::int64_t>(ended_.total());
  if (all != 0) count_rows(connection_, run_.key, consent::Outcome::pending, -all);
}

}  // namespace consent_sync::ledger
