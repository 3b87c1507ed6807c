#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "database/connection.hpp"
#include "database/query.hpp"

namespace consent_sync::ledger {

/// A run as the other tables know it.
struct RunKey {
  std::int64_t key = 0;
  std::string store;
  RunState state = RunState::staging;
  Mode mode = Mode::sync;
  bool restores = false;  ///< it takes another run back
};

void insert_run(Connection& connection, const Run& run);
void update_input(Connection& connection, std::int64_t key, const InputFacts& input);
void update_traffic(Connection& connection, std::int64_t key, const Traffic& traffic);
/// So many more rows of the run have this outcome now; fewer, if it is negative.
void count_rows(Connection& connection, std::int64_t run, consent::Outcome outcome, std::int64_t more);
void update_state(Connection& connection, std::int64_t key, RunState state);

/// How far the run's queue has been handed out to be sent.
QueuePosition handed_out_up_to(Connection& connection, std::int64_t key);
void note_handed_out(Connection& connection, std::int64_t key, QueuePosition last);

/// The run of this id, if it is in one of the states. Throws LedgerError if not.
RunKey require_run(Connection& connection, const RunId& id, std::initializer_list<RunState> states);
RunKey require_run(Connection& connection, const RunId& id);

std::optional<Run> select_run(Connection& connection, const RunId& id);
/// See Ledger::carried_out_by.
std::optional<Run> select_run_of_plan(Connection& connection, const RunId& plan);
std::vector<Run> select_runs(Connection& connection, std::size_t limit);
std::optional<Run> select_last_run(Connection& connection, const std::string& store, Mode mode);
std::optional<Run> select_last_success(Connection& connection, const std::string& store, Mode mode);
std::optional<Run> select_run_before(Connection& connection, const RunId& id);
std::optional<Run> select_open_run(Connection& connection, const std::string& store, Mode mode);

}  // namespace consent_sync::ledger
