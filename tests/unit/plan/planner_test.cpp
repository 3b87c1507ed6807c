#include <consent_sync/plan/planner.hpp>

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <random>

#include "choices.hpp"

using namespace consent_sync::consent;
using namespace consent_sync::plan;
using namespace consent_sync::plan::test;
using namespace consent_sync::ledger;

namespace {

constexpr const char* store = "abc123";

/// A ledger in a directory of its own, gone with it.
class PlannedRun {
 public:
  PlannedRun() {
    std::string name = (std::filesystem::temp_directory_path() / "consent-sync-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    directory_ = name;
    ledger_ = open_ledger("sqlite:" + name + "/ledger.db");
  }
  PlannedRun(const PlannedRun&) = delete;
  PlannedRun& operator=(const PlannedRun&) = delete;
  ~PlannedRun() {
    ledger_.reset();
    std::filesystem::remove_all(directory_);
  }

  Ledger& ledger() { return *ledger_; }

  PlanTotals plan(const RunId& id, const std::vector<StagedRow>& rows, const Policy& policy) {
    Run run;
    run.id = id;
    run.store = store;
    ledger_->begin_run(run);
    ledger_->stage(id, rows);
    return make_plan(*ledger_, id, policy);
  }

  std::vector<RowResult> rows(const RunId& id) {
    std::vector<RowResult> found;
    ledger_->for_each_row(id, [&](const RowResult& row) { found.push_back(row); });
    return found;
  }

  /// Sends the whole plan, and the store confirms all of it.
  void apply(const RunId& id) {
    ledger_->commit_plan(id);
    std::vector<ChangeResult> results;
    for (const QueuedChange& queued : ledger_->take_changes(id, {}, 1'000'000)) {
      ChangeResult& result = results.emplace_back(queued.change, Outcome::applied);
      result.held = queued.change.wanted;
      result.confirmed_at = Timestamp{};
    }
    ledger_->record(id, results, {});
    ledger_->end_run(id, 0, "", Timestamp{});
  }

 private:
  std::filesystem::path directory_;
  std::unique_ptr<Ledger> ledger_;
};

StagedRow row(LineNumber line, std::int64_t customer, Choice wanted,
              std::optional<int> second = std::nullopt) {
  StagedRow staged;
  staged.line = line;
  std::optional<Timestamp> decided_at;
  if (second) decided_at = Timestamp(std::chrono::seconds(*second));
  staged.record = Record{CustomerId::from(customer).value(), wanted, decided_at};
  return staged;
}

StagedRow invalid(LineNumber line) {
  return {line, std::nullopt, "no number", ""};
}

std::vector<StagedRow> random_rows(std::mt19937& random, LineNumber count) {
  const auto pick = [&](int high) { return std::uniform_int_distribution(0, high)(random); };
  std::vector<StagedRow> rows;
  for (LineNumber line = 2; line < count + 2; ++line) {
    const Choice wanted = choice(static_cast<unsigned>(pick(15)), 0);
    const auto second = pick(1) == 0 ? std::optional(pick(3)) : std::nullopt;
    rows.push_back(pick(9) == 0 ? invalid(line)
                                : row(line, 1 + pick(static_cast<int>(count / 2)), wanted, second));
  }
  return rows;
}

}  // namespace

TEST_CASE(
    "every row of a plan ends in one outcome, with a reason where another row or a person is concerned") {
  PlannedRun p;
  p.plan("first", {row(2, 1, all_allowed), row(3, 2, only_essential)}, {});
  p.apply("first");
  const PlanTotals totals = p.plan("second",
                                   {row(2, 1, all_allowed), row(3, 2, all_allowed), row(4, 3, all_allowed, 1),
                                    row(5, 3, only_essential, 2), row(6, 4, all_allowed, 1),
                                    row(7, 4, only_essential, 1), row(8, 4, all_allowed), invalid(9)},
                                   {});
  const auto rows = p.rows("second");
  REQUIRE(rows.size() == 8);
  CHECK(rows[0].outcome == Outcome::unchanged);
  CHECK(rows[0].before == all_allowed);
  CHECK(rows[0].after == all_allowed);
  CHECK(rows[1].outcome == Outcome::pending);
  CHECK(rows[1].before == only_essential);
  CHECK(rows[1].after == all_allowed);
  CHECK(rows[2].outcome == Outcome::superseded);
  CHECK(rows[2].reason == "line 5 counts for this customer");
  CHECK(rows[3].outcome == Outcome::pending);
  for (const std::size_t i : {4U, 5U, 6U}) {
    CHECK(rows[i].outcome == Outcome::conflict);
    CHECK(rows[i].reason.find("lines 6 and 7") == 0);
  }
  CHECK(rows[7].outcome == Outcome::invalid);

  CHECK(totals.rows == 8);
  CHECK(totals.invalid == 1);
  CHECK(totals.customers == 4);
  CHECK(totals.unchanged == 1);
  CHECK(totals.superseded == 1);
  CHECK(totals.conflicts == 3);
  CHECK(totals.changes == 2);
  CHECK(totals.withdrawals == 1);
  CHECK(totals.grants == 1);
}

TEST_CASE("a dry run plans the same, and leaves nothing to send and nothing pending") {
  PlannedRun p;
  Policy policy;
  policy.dry_run = true;
  const PlanTotals totals = p.plan("run-1", {row(2, 1, all_allowed), row(3, 2, only_essential)}, policy);
  CHECK(totals.changes == 2);
  for (const RowResult& result : p.rows("run-1")) CHECK(result.outcome == Outcome::would_apply);
  p.ledger().commit_plan("run-1");
  CHECK(p.ledger().take_changes("run-1", {}, 10).empty());
}

TEST_CASE("the plan is not committed: that is for who checks the limits") {
  PlannedRun p;
  p.plan("run-1", {row(2, 1, all_allowed)}, {});
  CHECK(p.ledger().find_run("run-1")->state == RunState::staging);
}

TEST_CASE("the policy for what is unspecified decides what is sent") {
  PlannedRun p;
  Policy policy;
  policy.unspecified = Unspecified::omit;
  p.plan("run-1", {row(2, 1, choice(0b0100, 0)), row(3, 2, Choice())}, policy);
  CHECK(p.rows("run-1")[0].after == choice(0b0100, 0));
  CHECK(p.rows("run-1")[1].outcome == Outcome::unchanged);
  policy.unspecified = Unspecified::deny;
  p.plan("run-2", {row(2, 1, choice(0b0100, 0))}, policy);
  CHECK(p.rows("run-2")[0].after == choice(0b0101, 0b1010));
}

TEST_CASE("an input planned again after it was applied changes nothing") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (const Unspecified unspecified : {Unspecified::keep, Unspecified::deny, Unspecified::omit}) {
    PlannedRun p;
    const Policy policy{unspecified, false};
    const auto rows = random_rows(random, 300);
    p.plan("first", rows, policy);
    p.apply("first");
    CHECK(p.plan("second", rows, policy).changes == 0);
  }
}

TEST_CASE("of any input every row ends in one outcome, and a customer has at most one change") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (const LineNumber count : {1, 50, 10'000}) {
    PlannedRun p;
    const auto staged = random_rows(random, count);
    const PlanTotals totals = p.plan("run-1", staged, {});
    CHECK(totals.rows == staged.size());
    CHECK(totals.invalid + totals.unchanged + totals.superseded + totals.conflicts + totals.changes ==
          totals.rows);

    const OutcomeCounts counts = p.ledger().counts("run-1");
    CHECK(counts[Outcome::invalid] == totals.invalid);
    CHECK(counts[Outcome::unchanged] == totals.unchanged);
    CHECK(counts[Outcome::superseded] == totals.superseded);
    CHECK(counts[Outcome::conflict] == totals.conflicts);
    CHECK(counts[Outcome::pending] == totals.changes);
    CHECK(p.ledger().change_counts("run-1").withdrawing == totals.withdrawals);
    CHECK(p.ledger().change_counts("run-1").granting == totals.grants);

    p.ledger().commit_plan("run-1");
    std::map<CustomerId, int> changes;
    for (const auto& queued : p.ledger().take_changes("run-1", {}, 1'000'000))
      ++changes[queued.change.customer];
    CHECK(changes.size() == totals.changes);
  }
}

TEST_CASE("the order of customers in the input does not change what is sent to each") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::vector<StagedRow> staged;
  for (LineNumber line = 2; line < 202; ++line) {
    const Choice wanted = choice(line % 3 == 0 ? 0b0011 : 0b0101, 0);
    staged.push_back(row(line, 1 + line % 70, wanted, static_cast<int>(line * line % 11)));
  }
  const auto sent = [&](const RunId& id, PlannedRun& p) {
    p.plan(id, staged, {});
    p.ledger().commit_plan(id);
    std::map<std::int64_t, Choice> wanted;
    for (const auto& queued : p.ledger().take_changes(id, {}, 1000)) {
      wanted.emplace(queued.change.customer.value(), queued.change.wanted);
    }
    return wanted;
  };
  PlannedRun one;
  const auto expected = sent("run-1", one);
  std::shuffle(staged.begin(), staged.end(), random);
  for (std::size_t i = 0; i < staged.size(); ++i) staged[i].line = static_cast<LineNumber>(i + 2);
  PlannedRun other;
  CHECK(sent("run-1", other) == expected);
  CHECK_FALSE(expected.empty());
}
