#include "run_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace consent_sync::ledger {
namespace {

template <class Value>
Value parse_word(const std::string& word, std::initializer_list<Value> values) {
  for (const Value value : values) {
    if (word == to_string(value)) return value;
  }
  throw DatabaseError(DatabaseError::Kind::damaged, "a word in it makes no sense");
}

RunState parse_state(const std::string& word) {
  return parse_word(word, {RunState::staging, RunState::open, RunState::finished, RunState::abandoned});
}

Mode parse_mode(const std::string& word) {
  return parse_word(word, {Mode::sync, Mode::dry_run, Mode::audit});
}

const std::string select_columns =
    "SELECT key, id, mode, state, store, api_url, correlation_id, tool_version, settings, started_at, "
    "ended_at, "
    "resumptions, exit_code, stop_reason, input_path, input_format, input_sha256, input_bytes, input_rows, "
    "put, "
    "got, retried, throttled, reopened, quota, window_ms, sending_ms, latency, plan, undoes, evidence_head, "
    "by_email "
    "FROM run ";

std::vector<std::string> select_input_columns(Connection& connection, std::int64_t key) {
  Query query(connection.prepared("SELECT name FROM input_column WHERE run = ? ORDER BY position"), key);
  std::vector<std::string> columns;
  while (query.next()) columns.push_back(query.text(0));
  return columns;
}

Traffic read_traffic(const Query& query, int column) {
  Traffic traffic;
  traffic.put = query.count(column++);
  traffic.get = query.count(column++);
  traffic.retried = query.count(column++);
  traffic.throttled = query.count(column++);
  traffic.reopened = query.count(column++);
  traffic.quota = query.count(column++);
  traffic.window = std::chrono::milliseconds(query.integer(column++));
  traffic.sending = std::chrono::milliseconds(query.integer(column++));
  traffic.latency = LatencyHistogram::parse(query.text(column));
  return traffic;
}

InputFacts read_input(const Query& query, int column) {
  InputFacts input;
  input.path = query.text(column++);
  input.format = query.text(column++);
  input.sha256 = query.text(column++);
  input.bytes = query.count(column++);
  input.rows = query.count(column);
  return input;
}

std::optional<Forecast> select_forecast(Connection& connection, std::int64_t key) {
  Query query(
      connection.prepared(
          "SELECT requests, duration_ms, quota, window_ms, share, is_the_stores, deadline, late_changes, "
          "late_withdrawals FROM forecast WHERE run = ?"),
      key);
  if (!query.next()) return std::nullopt;
  Forecast forecast;
  forecast.requests = query.count(0);
  forecast.duration = std::chrono::milliseconds(query.integer(1));
  forecast.quota = query.count(2);
  forecast.window = std::chrono::milliseconds(query.integer(3));
  forecast.share = query.real(4);
  forecast.quota_is_the_stores = query.integer(5) != 0;
  if (const auto deadline = query.optional_time(6)) {
    forecast.late = Lateness{*deadline, query.count(7), query.count(8)};
  }
  return forecast;
}

FaultCounts select_faults(Connection& connection, std::int64_t key) {
  Query query(connection.prepared("SELECT kind, requests FROM fault WHERE run = ?"), key);
  FaultCounts faults;
  while (query.next()) {
    const std::string kind = query.text(0);
    for (const Fault fault : all_faults) {
      if (kind == to_string(fault)) faults[fault] = query.count(1);
    }
  }
  return faults;
}

void update_faults(Connection& connection, std::int64_t key, const FaultCounts& faults) {
  for (const Fault fault : all_faults) {
    if (faults[fault] == 0) continue;
    execute_later(connection.prepared(
                      "INSERT INTO fault (run, kind, requests) VALUES (?, ?, ?) ON CONFLICT (run, kind) "
                      "DO UPDATE SET requests = excluded.requests"),
                  key, to_string(fault), faults[fault]);
  }
}

std::optional<Sample> select_sample(Connection& connection, std::int64_t key) {
  Query query(connection.prepared("SELECT customers, drawn, seed FROM sample WHERE run = ?"), key);
  if (!query.next()) return std::nullopt;
  return Sample{query.count(0), query.count(1), query.count(2)};
}

Run read_run(Connection& connection, const Query& query) {
  Run run;
  run.id = query.text(1);
  run.mode = parse_mode(query.text(2));
  run.state = parse_state(query.text(3));
  run.store = query.text(4);
  run.api_url = query.text(5);
  run.correlation_id = query.text(6);
  run.tool_version = query.text(7);
  run.settings = query.text(8);
  run.started_at = query.time(9);
  run.ended_at = query.optional_time(10);
  run.resumptions = static_cast<int>(query.integer(11));
  if (!query.is_null(12)) run.exit_code = static_cast<int>(query.integer(12));
  run.stop_reason = query.text(13);
  run.input = read_input(query, 14);
  run.traffic = read_traffic(query, 19);
  run.plan = query.text(28);
  run.undoes = query.text(29);
  run.evidence = parse_evidence_head(query.text(30));
  run.by_email = query.integer(31) != 0;
  run.is_forgotten = query.integer(31) == 2;
  run.input.columns = select_input_columns(connection, query.integer(0));
  run.forecast = select_forecast(connection, query.integer(0));
  run.sample = select_sample(connection, query.integer(0));
  run.traffic.faults = select_faults(connection, query.integer(0));
  return run;
}

std::optional<Run> read_one(Connection& connection, Query& query) {
  if (!query.next()) return std::nullopt;
  return read_run(connection, query);
}

}  // namespace

void insert_run(Connection& connection, const Run& run) {
  execute(connection.prepared(
              "INSERT INTO run (id, mode, state, store, api_url, correlation_id, tool_version, "
              "settings, started_at, ended_at, resumptions, exit_code, stop_reason, input_path, "
              "input_format, input_sha256, input_bytes, input_rows, put, got, retried, throttled, "
              "reopened, quota, window_ms, sending_ms, latency, plan, undoes) "
              "VALUES (?, ?, 'staging', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', '', 0, 0, 0, 0, 0, 0, "
              "0, 0, 0, 0, '', ?, ?)"),
          run.id, to_string(run.mode), run.store, run.api_url, run.correlation_id, run.tool_version,
          run.settings, run.started_at, run.ended_at, run.resumptions, run.exit_code, run.stop_reason,
          run.plan, run.undoes);
  const RunKey inserted = require_run(connection, run.id);
  update_input(connection, inserted.key, run.input);
  update_traffic(connection, inserted.key, run.traffic);
}

void update_input(Connection& connection, std::int64_t key, const InputFacts& input) {
  execute(connection.prepared(
              "UPDATE run SET input_path = ?, input_format = ?, input_sha256 = ?, input_bytes = ?, "
              "input_rows = ? WHERE key = ?"),
          input.path, input.format, input.sha256, input.bytes, input.rows, key);
  execute(connection.prepared("DELETE FROM input_column WHERE run = ?"), key);
  auto& insert = connection.prepared("INSERT INTO input_column (run, position, name) VALUES (?, ?, ?)");
  int position = 0;
  for (const std::string& name : input.columns) execute(insert, key, position++, name);
}

void update_traffic(Connection& connection, std::int64_t key, const Traffic& traffic) {
  execute_later(connection.prepared(
                    "UPDATE run SET put = ?, got = ?, retried = ?, throttled = ?, reopened = ?, quota = ?, "
                    "window_ms = ?, sending_ms = ?, latency = ? WHERE key = ?"),
                traffic.put, traffic.get, traffic.retried, traffic.throttled, traffic.reopened, traffic.quota,
                std::int64_t{traffic.window.count()}, std::int64_t{traffic.sending.count()},
                traffic.latency.serialize(), key);
  update_faults(connection, key, traffic.faults);
}

void count_rows(Connection& connection, std::int64_t run, consent::Outcome outcome, std::int64_t more) {
  execute_later(
      connection.prepared("INSERT INTO outcome_count (run, outcome, rows) VALUES (?, ?, ?) ON CONFLICT (run, "
                          "outcome) DO UPDATE SET rows = outcome_count.rows + excluded.rows"),
      run, outcome, more);
}

void update_state(Connection& connection, std::int64_t key, RunState state) {
  execute(connection.prepared("UPDATE run SET state = ? WHERE key = ?"), to_string(state), key);
}

RunKey require_run(Connection& connection, const RunId& id) {
  Query query(connection.prepared("SELECT key, store, state, mode, undoes <> '' FROM run WHERE id = ?"), id);
  if (!query.next()) throw LedgerError(fmt::format("The ledger {} has no run {}.", connection.name(), id));
  return {query.integer(0), query.text(1), parse_state(query.text(2)), parse_mode(query.text(3)),
          query.integer(4) != 0};
}

QueuePosition handed_out_up_to(Connection& connection, std::int64_t key) {
  Query query(
      connection.prepared("SELECT handed_rank, handed_decided_at, handed_line FROM run WHERE key = ?"), key);
  if (!query.next()) return {};
  return {static_cast<int>(query.integer(0)), query.time(1), query.integer(2)};
}

void note_handed_out(Connection& connection, std::int64_t key, QueuePosition last) {
  execute(connection.prepared(
              "UPDATE run SET handed_rank = ?, handed_decided_at = ?, handed_line = ? WHERE key = ?"),
          last.rank, last.decided_at, last.line, key);
}

RunKey require_run(Connection& connection, const RunId& id, std::initializer_list<RunState> states) {
  RunKey run = require_run(connection, id);
  if (std::find(states.begin(), states.end(), run.state) == states.end()) {
    throw LedgerError(fmt::format("Run {} in the ledger {} is {}: this cannot be done to it now.", id,
                                  connection.name(), to_string(run.state)));
  }
  return run;
}

std::optional<Run> select_run(Connection& connection, const RunId& id) {
  static const std::string sql = select_columns + "WHERE id = ?";
  Query query(connection.prepared(sql.c_str()), id);
  return read_one(connection, query);
}

std::optional<Run> select_open_run(Connection& connection, const std::string& store, Mode mode) {
  static const std::string sql =
      select_columns + "WHERE store = ? AND mode = ? AND state = 'open' ORDER BY key DESC LIMIT 1";
  Query query(connection.prepared(sql.c_str()), store, to_string(mode));
  return read_one(connection, query);
}

std::optional<Run> select_last_run(Connection& connection, const std::string& store, Mode mode) {
  static const std::string sql =
      select_columns + "WHERE store = ? AND mode = ? AND state <> 'staging' ORDER BY key DESC LIMIT 1";
  Query query(connection.prepared(sql.c_str()), store, to_string(mode));
  return read_one(connection, query);
}

std::optional<Run> select_last_success(Connection& connection, const std::string& store, Mode mode) {
  static const std::string sql =
      select_columns + "WHERE store = ? AND mode = ? AND exit_code = 0 ORDER BY key DESC LIMIT 1";
  Query query(connection.prepared(sql.c_str()), store, to_string(mode));
  return read_one(connection, query);
}

std::optional<Run> select_run_before(Connection& connection, const RunId& id) {
  static const std::string sql = select_columns +
                                 "WHERE (store, mode, undoes = '') = (SELECT store, mode, undoes = '' FROM "
                                 "run WHERE id = ?1) AND state <> 'staging' AND key < "
                                 "(SELECT key FROM run WHERE id = ?1) ORDER BY key DESC LIMIT 1";
  Query query(connection.prepared(sql.c_str()), id);
  return read_one(connection, query);
}

std::optional<Run> select_run_of_plan(Connection& connection, const RunId& plan) {
  static const std::string sql = select_columns +
                                 "WHERE plan = ? AND (state IN ('open', 'finished') OR (state = 'abandoned' "
                                 "AND put > 0)) ORDER BY key DESC LIMIT 1";
  Query query(connection.prepared(sql.c_str()), plan);
  return read_one(connection, query);
}

std::vector<Run> select_runs(Connection& connection, std::size_t limit) {
  static const std::string sql = select_columns + "ORDER BY started_at DESC, key DESC LIMIT ?";
  constexpr std::size_t no_limit = std::numeric_limits<std::int64_t>::max();
  Query query(connection.prepared(sql.c_str()), std::uint64_t{std::min(limit, no_limit)});
  std::vector<Run> runs;
  while (query.next()) runs.push_back(read_run(connection, query));
  return runs;
}

}  // namespace consent_sync::ledger
