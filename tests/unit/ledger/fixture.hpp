#pragma once

#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <consent_sync/ledger/ledger.hpp>

#include "test_location.hpp"

namespace consent_sync::ledger::test {

using consent::Change;
using consent::ChangeResult;
using consent::Choice;
using consent::CustomerId;
using consent::LineNumber;
using consent::Outcome;
using consent::Timestamp;

/// A directory of its own for one test, gone with it.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "consent-sync-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    path_ = name;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }

  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline Choice choice(unsigned allow, unsigned deny) {
  return Choice::from_masks(allow, deny).value();
}
inline CustomerId customer(std::int64_t id) {
  return CustomerId::from(id).value();
}
inline Timestamp at(int second) {
  return Timestamp(std::chrono::seconds(1'800'000'000 + second));
}

inline const Choice all_allowed = choice(0b1111, 0);
inline const Choice only_essential = choice(0b0001, 0b1110);

inline const std::string our_store = "abc123";

inline Run make_run(const RunId& id, const std::string& store = our_store) {
  Run run;
  run.id = id;
  run.store = store;
  run.started_at = at(0);
  return run;
}

inline StagedRow understood(LineNumber line, std::int64_t id, Choice wanted = all_allowed,
                            std::optional<Timestamp> decided_at = std::nullopt) {
  StagedRow row;
  row.line = line;
  row.record = consent::Record{customer(id), wanted, decided_at};
  row.source = "source of line " + std::to_string(line);
  return row;
}

inline StagedRow not_understood(LineNumber line, const std::string& reason) {
  return {line, std::nullopt, reason, "source of line " + std::to_string(line)};
}

inline PlannedRow to_send(LineNumber line, std::int64_t id, std::optional<Choice> before, Choice wanted) {
  PlannedRow row;
  row.line = line;
  row.before = before;
  row.after = wanted;
  row.change = Change{line, customer(id), before, wanted};
  return row;
}

inline PlannedRow planned(LineNumber line, Outcome outcome) {
  PlannedRow row;
  row.line = line;
  row.outcome = outcome;
  return row;
}

inline ChangeResult applied(const Change& change, int second = 100) {
  ChangeResult result(change, Outcome::applied);
  result.held = change.wanted;
  result.confirmed_at = at(second);
  result.http_status = 200;
  result.attempts = 1;
  return result;
}

inline ChangeResult ended(const Change& change, Outcome outcome) {
  ChangeResult result(change, outcome);
  result.reason = "because";
  return result;
}

inline void record_one(Ledger& ledger, const RunId& id, const ChangeResult& result) {
  const std::array results{result};
  ledger.record(id, results, Traffic{});
}

inline std::vector<RowResult> rows_of(Ledger& ledger, const RunId& id) {
  std::vector<RowResult> rows;
  ledger.for_each_row(id, [&](const RowResult& row) { rows.push_back(row); });
  return rows;
}

/// Stages a run, plans every row as a change from what is confirmed, and opens it.
inline void open_run_of(Ledger& ledger, const RunId& id, const std::vector<StagedRow>& staged,
                        const std::string& store = our_store) {
  ledger.begin_run(make_run(id, store));
  ledger.stage(id, staged);
  std::vector<PlannedRow> plan;
  for (const StagedRow& row : staged) {
    if (!row.record) continue;
    const CustomerId who = row.record->customer;
    plan.push_back(to_send(row.line, who.value(), ledger.confirmed(store, who), row.record->choice));
  }
  ledger.plan(id, plan);
  ledger.commit_plan(id);
}

/// No row that was not understood mentions the customer.
inline bool nobody(const Run&, const RowResult&) {
  return false;
}

/// A ledger of its own.
struct Fixture {
  TemporaryDirectory directory;
  std::string path = directory.file("ledger.db");
  std::string location = new_location(path);
  std::unique_ptr<Ledger> ledger = open_ledger(location);
};

}  // namespace consent_sync::ledger::test
