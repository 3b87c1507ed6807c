#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "fixture.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

namespace {

constexpr std::int64_t customers = 12;

/// Runs and their rows as plain maps would keep them; every customer has at most one row in each.
struct ModelRow {
  std::int64_t customer = 0;
  Choice wanted;
  Outcome outcome = Outcome::pending;
  int attempts = 0;
  std::string reason = {};
  bool handed_out = false;
  bool is_erased = false;
};
using ModelRows = std::map<LineNumber, ModelRow>;

struct Model {
  std::map<std::int64_t, Choice> confirmed;
  std::set<std::int64_t> in_doubt;
  std::optional<RunId> open;
  std::map<RunId, ModelRows> runs;

  ModelRows& rows() { return runs.at(*open); }

  std::optional<Choice> known(std::int64_t id) const {
    if (!confirmed.contains(id) || in_doubt.contains(id)) return std::nullopt;
    return confirmed.at(id);
  }

  void doubt_handed_out() {
    for (const auto& [line, row] : rows()) {
      if (row.handed_out && row.outcome == Outcome::pending) in_doubt.insert(row.customer);
    }
  }
};

class Machine {
 public:
  explicit Machine(unsigned seed) : random_(seed) {}

  void step() {
    if (!model_.open) return begin();
    const int dice = pick(0, 11);
    if (dice <= 3) return take();
    if (dice <= 6) return record();
    if (dice == 7) return reopen();
    if (dice == 8) return end();
    if (dice == 9) return try_in_vain();
    if (dice == 10) return pick(0, 3) == 0 ? erase() : take();
    abandon();
  }

  void check() {
    for (std::int64_t id = 1; id <= customers; ++id) {
      CAPTURE(id);
      CHECK(fixture_.ledger->confirmed(our_store, customer(id)) == model_.known(id));
    }
    if (!model_.open) return;
    check_rows(*model_.open, model_.rows());
    std::uint64_t waiting = 0;
    for (const auto& [line, row] : model_.rows()) waiting += row.outcome == Outcome::pending ? 1 : 0;
    CHECK(fixture_.ledger->queued(*model_.open).changes == waiting);
  }

  void check_all_runs() {
    for (const auto& [run, rows] : model_.runs) check_rows(run, rows);
  }

 private:
  void check_rows(const RunId& run, const ModelRows& rows) {
    CAPTURE(run);
    OutcomeCounts expected;
    for (const auto& [line, row] : rows) ++expected[row.outcome];
    const OutcomeCounts noted = fixture_.ledger->counts(run);
    const OutcomeCounts counted = fixture_.ledger->recount(run);
    for (const Outcome outcome : consent_sync::consent::all_outcomes) {
      CHECK(noted[outcome] == expected[outcome]);
      CHECK(counted[outcome] == expected[outcome]);
    }
    const std::vector<RowResult> found = rows_of(*fixture_.ledger, run);
    REQUIRE(found.size() == rows.size());
    auto next = found.begin();
    for (const auto& entry : rows) {
      const LineNumber line = entry.first;
      const ModelRow& row = entry.second;
      CAPTURE(line);
      CHECK(next->line == line);
      CHECK(next->outcome == row.outcome);
      CHECK(next->customer == (row.is_erased ? std::nullopt : std::optional(customer(row.customer))));
      CHECK(next->after == row.wanted);
      CHECK(next->attempts == row.attempts);
      CHECK(next->reason == (row.is_erased ? "The customer was erased on request" : row.reason));
      ++next;
    }
  }

  int pick(int low, int high) { return std::uniform_int_distribution(low, high)(random_); }

  void begin() {
    const RunId id = "run-" + std::to_string(++runs_);
    std::vector<StagedRow> staged;
    ModelRows& rows = model_.runs[id];
    for (std::int64_t who = 1; who <= customers; ++who) {
      if (pick(0, 2) == 0) continue;
      const Choice wanted = pick(0, 1) == 0 ? all_allowed : only_essential;
      const LineNumber line = who + 1;
      const auto decided_at = pick(0, 3) == 0 ? std::nullopt : std::optional(at(pick(0, 5)));
      staged.push_back(understood(line, who, wanted, decided_at));
      rows[line] = {who, wanted};
    }
    open_run_of(*fixture_.ledger, id, staged);
    model_.open = id;
    position_ = {};
    taken_.clear();
  }

  void take() {
    const auto page =
        fixture_.ledger->take_changes(*model_.open, position_, static_cast<std::size_t>(pick(1, 4)));
    for (const auto& queued : page) {
      ModelRow& row = model_.rows().at(queued.change.line);
      CHECK(row.outcome == Outcome::pending);
      CHECK(queued.change.wanted == row.wanted);
      row.handed_out = true;
      taken_.push_back(queued.change);
      position_ = queued.position;
    }
  }

  void record() {
    if (taken_.empty()) return;
    const Change change = taken_[static_cast<std::size_t>(pick(0, static_cast<int>(taken_.size()) - 1))];
    constexpr std::array outcomes{Outcome::applied, Outcome::mismatch, Outcome::unknown, Outcome::failed};
    ChangeResult result(change, outcomes[static_cast<std::size_t>(pick(0, 3))]);
    if (result.outcome == Outcome::applied) result.held = change.wanted;
    if (result.outcome == Outcome::mismatch) result.held = choice(0b0011, 0b1100);
    if (result.held) result.confirmed_at = at(1);
    result.attempts = pick(0, 300);
    if (pick(0, 1) == 0) result.reason = "reason " + std::to_string(pick(0, 999));
    record_one(*fixture_.ledger, *model_.open, result);

    ModelRow& row = model_.rows().at(change.line);
    if (row.outcome != Outcome::pending) return;
    row.outcome = result.outcome;
    row.attempts = result.attempts;
    row.reason = result.reason;
    if (result.held) {
      model_.confirmed[row.customer] = *result.held;
      model_.in_doubt.erase(row.customer);
    } else if (result.outcome == Outcome::unknown) {
      model_.in_doubt.insert(row.customer);
    }
  }

  void try_in_vain() {
    if (taken_.empty()) return;
    const Change change = taken_[static_cast<std::size_t>(pick(0, static_cast<int>(taken_.size()) - 1))];
    ChangeResult result = ended(change, Outcome::pending);
    result.attempts = pick(1, 9);
    record_one(*fixture_.ledger, *model_.open, result);
    ModelRow& row = model_.rows().at(change.line);
    if (row.outcome != Outcome::pending) return;
    row.attempts = result.attempts;
    row.reason = result.reason;
  }

  /// Only whom the open run need not change any more.
  void erase() {
    const std::int64_t who = pick(1, customers);
    const auto is_theirs = [&](const auto& entry) { return entry.second.customer == who; };
    const ModelRows& open = model_.rows();
    const auto waits = std::find_if(open.begin(), open.end(), is_theirs);
    if (waits != open.end() && waits->second.outcome == Outcome::pending) {
      CHECK_THROWS_AS(fixture_.ledger->erase_customer(our_store, customer(who), nobody, at(2)), LedgerError);
      return;
    }
    fixture_.ledger->erase_customer(our_store, customer(who), nobody, at(2));
    model_.confirmed.erase(who);
    model_.in_doubt.erase(who);
    for (auto& [run, rows] : model_.runs) {
      for (auto& [line, row] : rows) row.is_erased = row.is_erased || row.customer == who;
    }
  }

  /// As after a crash: nothing in memory is kept.
  void reopen() {
    fixture_.ledger = open_ledger(fixture_.location);
    fixture_.ledger->resume_run(*model_.open);
    model_.doubt_handed_out();
    position_ = {};
    taken_.clear();
  }

  void end() {
    fixture_.ledger->end_run(*model_.open, 0, "", at(3));
    const bool is_done = std::none_of(model_.rows().begin(), model_.rows().end(), [](const auto& entry) {
      return entry.second.outcome == Outcome::pending;
    });
    CHECK((fixture_.ledger->find_run(*model_.open)->state == RunState::finished) == is_done);
    if (is_done) model_.open.reset();
  }

  void abandon() {
    fixture_.ledger->abandon_run(*model_.open);
    model_.doubt_handed_out();
    model_.open.reset();
  }

  std::mt19937 random_;
  Fixture fixture_;
  Model model_;
  QueuePosition position_;
  std::vector<Change> taken_;
  int runs_ = 0;
};

}  // namespace

TEST_CASE("after any sequence of operations the ledger holds what a plain model holds") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  for (unsigned round = 0; round < 4; ++round) {
    CAPTURE(round);
    Machine machine(seed + round);
    for (int step = 0; step < 120; ++step) {
      CAPTURE(step);
      machine.step();
      machine.check();
    }
    machine.check_all_runs();
  }
}
