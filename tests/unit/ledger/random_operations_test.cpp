#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>

#include "fixture.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

namespace {

constexpr std::int64_t customers = 12;

/// A run and its rows as a plain map would keep them; every customer has at most one row.
struct ModelRow {
  std::int64_t customer = 0;
  Choice wanted;
  Outcome outcome = Outcome::pending;
  bool handed_out = false;
};

struct Model {
  std::map<std::int64_t, Choice> confirmed;
  std::set<std::int64_t> in_doubt;
  std::optional<RunId> open;
  std::map<LineNumber, ModelRow> rows;

  std::optional<Choice> known(std::int64_t id) const {
    if (!confirmed.contains(id) || in_doubt.contains(id)) return std::nullopt;
    return confirmed.at(id);
  }

  void doubt_handed_out() {
    for (const auto& [line, row] : rows) {
      if (row.handed_out && row.outcome == Outcome::pending) in_doubt.insert(row.customer);
    }
  }
};

class Machine {
 public:
  explicit Machine(unsigned seed) : random_(seed) {}

  void step() {
    if (!model_.open) return begin();
    const int dice = pick(0, 9);
    if (dice <= 3) return take();
    if (dice <= 6) return record();
    if (dice == 7) return reopen();
    if (dice == 8) return end();
    abandon();
  }

  void check() {
    for (std::int64_t id = 1; id <= customers; ++id) {
      CAPTURE(id);
      CHECK(fixture_.ledger->confirmed(our_store, customer(id)) == model_.known(id));
    }
    if (!model_.open) return;
    OutcomeCounts expected;
    for (const auto& [line, row] : model_.rows) ++expected[row.outcome];
    const OutcomeCounts found = fixture_.ledger->counts(*model_.open);
    for (const Outcome outcome : consent_sync::consent::all_outcomes)
      CHECK(found[outcome] == expected[outcome]);
  }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution(low, high)(random_); }

  void begin() {
    const RunId id = "run-" + std::to_string(++runs_);
    std::vector<StagedRow> staged;
    model_.rows.clear();
    for (std::int64_t who = 1; who <= customers; ++who) {
      if (pick(0, 2) == 0) continue;
      const Choice wanted = pick(0, 1) == 0 ? all_allowed : only_essential;
      const LineNumber line = who + 1;
      const auto decided_at = pick(0, 3) == 0 ? std::nullopt : std::optional(at(pick(0, 5)));
      staged.push_back(understood(line, who, wanted, decided_at));
      model_.rows[line] = {who, wanted};
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
      ModelRow& row = model_.rows.at(queued.change.line);
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
    record_one(*fixture_.ledger, *model_.open, result);

    ModelRow& row = model_.rows.at(change.line);
    if (row.outcome != Outcome::pending) return;
    row.outcome = result.outcome;
    if (result.held) {
      model_.confirmed[row.customer] = *result.held;
      model_.in_doubt.erase(row.customer);
    } else if (result.outcome == Outcome::unknown) {
      model_.in_doubt.insert(row.customer);
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
    const bool is_done = std::none_of(model_.rows.begin(), model_.rows.end(), [](const auto& entry) {
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
  }
}
