#include "evidence_log.hpp"
#include "live_rows.hpp"
#include "queue.hpp"
#include "sources.hpp"
#include "sql_ledger.hpp"

namespace consent_sync::ledger {
RunKey SqlLedger::own_run(const RunId& id) {
  connection_.own(require_run(connection_, id).store);
  return require_run(connection_, id);
}

RunKey SqlLedger::own_run(const RunId& id, std::initializer_list<RunState> states) {
  connection_.own(require_run(connection_, id).store);
  return require_run(connection_, id, states);
}

void SqlLedger::begin_run(const Run& run) {
  connection_.write([&] {
    connection_.own(run.store);
    insert_run(connection_, run);
  });
}

std::optional<Run> SqlLedger::find_run(const RunId& id) {
  return connection_.guarded([&] { return select_run(connection_, id); });
}

std::vector<Run> SqlLedger::runs(std::size_t limit) {
  return connection_.guarded([&] { return select_runs(connection_, limit); });
}

std::optional<Run> SqlLedger::open_run(const std::string& store, Mode mode) {
  return connection_.guarded([&] { return select_open_run(connection_, store, mode); });
}

std::optional<Run> SqlLedger::last_run(const std::string& store, Mode mode) {
  return connection_.guarded([&] { return select_last_run(connection_, store, mode); });
}

std::optional<Run> SqlLedger::last_success(const std::string& store, Mode mode) {
  return connection_.guarded([&] { return select_last_success(connection_, store, mode); });
}

std::optional<Run> SqlLedger::run_before(const RunId& id) {
  return connection_.guarded([&] { return select_run_before(connection_, id); });
}

void SqlLedger::discard_run(const RunId& id) {
  connection_.write([&] {
    const RunKey run = own_run(id);
    doubt_handed_out(run);
    forget(run.key);
  });
  staged_.erase(id);
}

// Of the runs that stay for their kind's sake none has problem rows that a run which goes may have overtaken.
std::vector<RunId> SqlLedger::prunable_runs(const std::string& store, consent::Timestamp ended_before) {
  return connection_.guarded([&] {
    Query query(
        connection_.prepared(
            "SELECT id FROM run WHERE store = ?1 AND state IN ('finished', 'abandoned') AND "
            "coalesce(ended_at, started_at) < ?2 AND key NOT IN (SELECT max(key) FROM run WHERE store = "
            "?1 AND state <> 'staging' AND mode <> ?3 GROUP BY mode UNION SELECT max(key) FROM run "
            "WHERE store = ?1 AND state <> 'staging' AND mode <> ?3 AND exit_code = 0 GROUP BY mode) "
            "ORDER BY key"),
        store, ended_before, to_string(Mode::dry_run));
    std::vector<RunId> found;
    while (query.next()) found.push_back(query.text(0));
    return found;
  });
}

void SqlLedger::discard_staging(const std::string& store, const RunId& except) {
  std::vector<std::pair<std::int64_t, RunId>> found;
  connection_.write([&] {
    connection_.own(store);
    Query query(
        connection_.prepared("SELECT key, id FROM run WHERE store = ? AND state = 'staging' AND id <> ?"),
        store, except);
    while (query.next()) found.emplace_back(query.integer(0), query.text(1));
    for (const auto& [key, id] : found) forget(key);
  });
  for (const auto& [key, id] : found) staged_.erase(id);
}

void SqlLedger::abandon_run(const RunId& id) {
  connection_.write([&] {
    const RunKey run = own_run(id, {RunState::staging, RunState::open});
    if (run.state == RunState::staging) return write_plan(run, id, RunState::abandoned);
    abandon_open(run);
  });
  staged_.erase(id);
}

void SqlLedger::abandon_open(const RunKey& run) {
  doubt_handed_out(run);
  cancel_waiting(connection_, run.key);
  update_state(connection_, run.key, RunState::abandoned);
}

void SqlLedger::doubt_unrecorded(const RunId& id) {
  connection_.write([&] { doubt_handed_out(own_run(id, {RunState::open})); });
}

std::optional<RunId> SqlLedger::interrupted_twin(const RunId& id) {
  return connection_.guarded([&]() -> std::optional<RunId> {
    Query query(
        connection_.prepared(
            "SELECT twin.id FROM run, run AS twin WHERE run.id = ? AND twin.key <> run.key AND twin.store = "
            "run.store AND twin.mode = run.mode AND twin.state = 'staging' AND twin.input_sha256 = "
            "run.input_sha256 AND twin.input_sha256 <> '' ORDER BY twin.key DESC LIMIT 1"),
        id);
    if (!query.next()) return std::nullopt;
    return query.text(0);
  });
}

std::optional<Run> SqlLedger::carried_out_by(const RunId& plan) {
  return connection_.guarded([&] { return select_run_of_plan(connection_, plan); });
}

void SqlLedger::resume_run(const RunId& id) {
  connection_.write([&] {
    const RunKey run = own_run(id, {RunState::open});
    doubt_handed_out(run);
    execute(connection_.prepared(
                "UPDATE run SET resumptions = resumptions + 1, ended_at = NULL, exit_code = NULL, "
                "stop_reason = '' WHERE key = ?"),
            run.key);
  });
}

void SqlLedger::end_run(const RunId& id, int exit_code, const std::string& stop_reason,
                        consent::Timestamp now) {
  connection_.write([&] {
    const RunKey run = own_run(id);
    remove_sources_of_well_rows(run.key);
    const std::optional<EvidenceHead> head = select_evidence_head(connection_, run.store);
    execute(
        connection_.prepared(
            "UPDATE run SET exit_code = ?, stop_reason = ?, ended_at = ?, evidence_head = ? WHERE key = ?"),
        exit_code, stop_reason, now, head ? to_string(*head) : "", run.key);
    if (run.state == RunState::open && !has_pending_rows(run.key))
      update_state(connection_, run.key, RunState::finished);
  });
}

/// Only who mends a row needs to know what was written in it.
void SqlLedger::remove_sources_of_well_rows(std::int64_t run) {
  LiveRows rows(connection_, run);
  remove_sources(connection_, run, [&](consent::LineNumber line, std::string_view) {
    while (rows.front() != nullptr && rows.front()->line < line) rows.step();
    const RowResult* row = rows.front();
    return row != nullptr && row->line == line && classify(row->outcome) == consent::OutcomeClass::ok;
  });
}

void SqlLedger::forget(std::int64_t run) {
  execute(connection_.prepared("DELETE FROM input_row WHERE run = ?"), run);
  execute(connection_.prepared("DELETE FROM row_block WHERE run = ?"), run);
  execute(connection_.prepared("DELETE FROM outcome_count WHERE run = ?"), run);
  execute(connection_.prepared("DELETE FROM observed WHERE run = ?"), run);
  execute(connection_.prepared("DELETE FROM email_of_nobody WHERE run = ?"), run);
  execute(connection_.prepared("DELETE FROM account WHERE run = ?"), run);
  execute(connection_.prepared("DELETE FROM forecast WHERE run = ?"), run);
  execute(connection_.prepared("DELETE FROM sample WHERE run = ?"), run);
  execute(connection_.prepared("DELETE FROM source_block WHERE run = ?"), run);
  execute(connection_.prepared("DELETE FROM change_block WHERE run = ?"), run);
  execute(connection_.prepared("DELETE FROM carried_row WHERE run = ?"), run);
  execute(connection_.prepared("DELETE FROM input_column WHERE run = ?"), run);
  execute(connection_.prepared("DELETE FROM quota_window WHERE run = ?"), run);
  execute(connection_.prepared("DELETE FROM fault WHERE run = ?"), run);
  execute(connection_.prepared("DELETE FROM run WHERE key = ?"), run);
}

/// What was handed out and is still queued may have reached the store. A reply of the store settles it again.
void SqlLedger::doubt_handed_out(const RunKey& run) {
  if (run.mode != Mode::sync) return;
  const QueuePosition handed = handed_out_up_to(connection_, run.key);
  for_each_waiting(connection_, run.key, {}, [&](const StoredChange& waiting) {
    if (order_of(waiting.position) > order_of(handed)) return false;
    execute_later(connection_.prepared("UPDATE confirmed SET in_doubt = 1 WHERE store = ? AND customer = ?"),
                  run.store, waiting.change.customer);
    return true;
  });
}

bool SqlLedger::has_pending_rows(std::int64_t run) {
  Query query(
      connection_.prepared(
          "SELECT EXISTS (SELECT 1 FROM outcome_count WHERE run = ? AND outcome = 'pending' AND rows > 0)"),
      run);
  return query.next() && query.integer(0) != 0;
}

}  // namespace consent_sync::ledger
