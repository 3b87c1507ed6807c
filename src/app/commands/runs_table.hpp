#pragma once

#include <string>
#include <vector>

#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::app {

struct ListedRun {
  ledger::Run run;
  ledger::OutcomeCounts rows;
  ledger::ChangeCounts changes;
  bool is_live = false;  ///< a process is at work on it
};

/// The state of a run in a word for people: what the ledger has, told apart by whether anybody is at work on
/// it.
std::string_view state_word(const ListedRun& listed);

/// "+2%", "-10%", "x12", "=": how a figure has changed; empty where one of the two is below `least`, since of
/// little a share says nothing.
std::string trend(double before, double now, double least);

/// The first `limit` runs as a table, unfinished ones before all others. `runs` are newest first; those that
/// are not shown serve to compare: each finished run is compared with the finished one before it of the same
/// store and kind: its mode, and whether it takes another back.
std::string runs_table(const std::vector<ListedRun>& runs, std::size_t limit, consent::Timestamp now);

}  // namespace consent_sync::app
