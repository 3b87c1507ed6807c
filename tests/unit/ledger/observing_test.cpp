#include <doctest/doctest.h>

#include "fixture.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;
using namespace std::chrono_literals;

namespace {

std::vector<StagedRow> rows_of_customers(std::int64_t count) {
  std::vector<StagedRow> rows;
  for (std::int64_t id = count; id >= 1; --id) rows.push_back(understood(count - id + 2, id));
  return rows;
}

std::vector<std::int64_t> ask_all(Ledger& ledger, const RunId& run, std::size_t at_a_time,
                                  const std::function<bool(const CustomerRows&)>& wanted) {
  std::vector<std::int64_t> asked;
  std::optional<CustomerId> last;
  for (auto page = ledger.select_customers(run, wanted, last, at_a_time); !page.empty();
       page = ledger.select_customers(run, wanted, last, at_a_time)) {
    CHECK(page.size() <= at_a_time);
    for (const CustomerId id : page) asked.push_back(id.value());
    last = page.back();
  }
  return asked;
}

bool is_unobserved(const CustomerRows& rows) {
  return !rows.observed;
}

ObservedCustomer seen(std::int64_t id, std::optional<Choice> held) {
  return {customer(id), {held.has_value(), held}};
}

}  // namespace

TEST_CASE("every customer is asked about once, in the order of the ids, page by page") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  f.ledger->stage("run-1", rows_of_customers(1000));
  const auto asked = ask_all(*f.ledger, "run-1", 7, is_unobserved);
  REQUIRE(asked.size() == 1000);
  for (std::size_t i = 0; i < asked.size(); ++i) CHECK(asked[i] == static_cast<std::int64_t>(i + 1));
}

TEST_CASE(
    "who was observed is not asked about again, also by the run that takes an interrupted one's place") {
  Fixture f;
  InputFacts input;
  input.sha256 = "ab12";
  f.ledger->begin_run(make_run("first"));
  f.ledger->stage("first", rows_of_customers(10));
  f.ledger->finish_staging("first", input);
  f.ledger->observe("first", std::vector{seen(3, all_allowed), seen(4, std::nullopt)}, {});

  f.ledger = open_ledger(f.location);
  f.ledger->begin_run(make_run("second"));
  f.ledger->stage("second", rows_of_customers(10));
  CHECK_FALSE(f.ledger->interrupted_twin("second"));
  f.ledger->finish_staging("second", input);
  REQUIRE(f.ledger->interrupted_twin("second") == "first");
  f.ledger->adopt_observations("second", "first");
  f.ledger->discard_staging("abc123", "second");
  CHECK_FALSE(f.ledger->find_run("first"));
  CHECK(ask_all(*f.ledger, "second", 100, is_unobserved) ==
        std::vector<std::int64_t>{1, 2, 5, 6, 7, 8, 9, 10});
}

TEST_CASE("what was observed of a customer is not taken over once something may have been sent to them") {
  Fixture f;
  open_run_of(*f.ledger, "before", {understood(2, 6)});
  const Timestamp now = consent_sync::consent::now();
  ChangeResult sent_before = applied(f.ledger->take_changes("before", {}, 1).at(0).change);
  sent_before.confirmed_at = now - 2h;
  record_one(*f.ledger, "before", sent_before);
  f.ledger->end_run("before", 0, "", now - 2h);
  Run plan = make_run("plan");
  plan.mode = Mode::dry_run;
  plan.started_at = now - 1h;
  f.ledger->begin_run(plan);
  f.ledger->stage("plan", rows_of_customers(8));
  std::vector<ObservedCustomer> observed;
  for (std::int64_t id = 1; id <= 8; ++id) observed.push_back(seen(id, only_essential));
  f.ledger->observe("plan", observed, {});

  open_run_of(*f.ledger, "since",
              {understood(2, 1), understood(3, 2), understood(4, 3), understood(5, 4), understood(6, 5)});
  const auto taken = f.ledger->take_changes("since", {}, 4);
  record_one(*f.ledger, "since", applied(taken.at(0).change));
  record_one(*f.ledger, "since", ended(taken.at(1).change, Outcome::unknown));
  record_one(*f.ledger, "since", ended(taken.at(2).change, Outcome::rejected));
  f.ledger->end_run("since", 4, "", now);

  // Somebody was asked about on another occasion.
  f.ledger->begin_run(make_run("asked"));
  f.ledger->stage("asked", std::vector{understood(2, 7)});
  PlannedRow as_it_is = planned(2, Outcome::unchanged);
  as_it_is.settles = consent_sync::consent::Base{all_allowed, std::nullopt, false};
  f.ledger->plan("asked", std::vector{as_it_is});
  f.ledger->commit_plan("asked");

  f.ledger->begin_run(make_run("second"));
  f.ledger->stage("second", rows_of_customers(8));
  f.ledger->adopt_observations("second", "plan");
  // 5 waits and was handed to nobody, 6 was sent to before the plan looked, 8 was not touched.
  CHECK(ask_all(*f.ledger, "second", 100, is_unobserved) == std::vector<std::int64_t>{1, 2, 3, 4, 7});
}

TEST_CASE("what was observed is visited with its customer") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  f.ledger->stage("run-1", rows_of_customers(3));
  Traffic traffic;
  traffic.get = 2;
  f.ledger->observe("run-1", std::vector{seen(1, only_essential), seen(3, std::nullopt)}, traffic);
  std::vector<std::optional<Observation>> found;
  f.ledger->for_each_customer("run-1", [&](const CustomerRows& rows) { found.push_back(rows.observed); });
  CHECK(found[0]->held == only_essential);
  CHECK_FALSE(found[1]);
  CHECK_FALSE(found[2]->exists);
  CHECK(f.ledger->find_run("run-1")->traffic.get == 2);
}

TEST_CASE("an audit's results change nothing that is confirmed") {
  Fixture f;
  Run run = make_run("audit");
  run.mode = Mode::audit;
  f.ledger->begin_run(run);
  f.ledger->stage("audit", std::vector{understood(2, 7), understood(3, 8)});
  f.ledger->plan("audit", std::vector{to_send(2, 7, std::nullopt, all_allowed),
                                      to_send(3, 8, std::nullopt, all_allowed)});
  f.ledger->commit_plan("audit");
  const auto queue = f.ledger->take_changes("audit", {}, 10);
  ChangeResult drifted(queue[0].change, Outcome::drifted);
  drifted.change.before = only_essential;
  drifted.held = only_essential;
  record_one(*f.ledger, "audit", drifted);
  record_one(*f.ledger, "audit", ended(queue[1].change, Outcome::unknown));
  CHECK_FALSE(f.ledger->confirmed("abc123", customer(7)));
  CHECK(rows_of(*f.ledger, "audit")[0].before == only_essential);
  CHECK(f.ledger->find_run("audit")->mode == Mode::audit);
}

TEST_CASE("who selects sees all that is known of a customer") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  f.ledger->stage("run-1", rows_of_customers(4));
  f.ledger->observe("run-1",
                    std::vector{ObservedCustomer{customer(1), {true, std::nullopt}}, seen(2, std::nullopt),
                                seen(3, all_allowed)},
                    {});
  const auto exists = [](const CustomerRows& rows) { return rows.observed && rows.observed->exists; };
  CHECK(ask_all(*f.ledger, "run-1", 100, exists) == std::vector<std::int64_t>{1, 3});
}

TEST_CASE(
    "what an earlier process was handed and did not record may have been sent; what it never took was not") {
  Fixture f;
  open_run_of(*f.ledger, "run-1", {understood(2, 7), understood(3, 8), understood(4, 9)});
  for (const auto& queued : f.ledger->take_changes("run-1", {}, 2)) CHECK_FALSE(queued.may_have_been_sent);
  f.ledger = open_ledger(f.location);
  f.ledger->resume_run("run-1");
  const auto queue = f.ledger->take_changes("run-1", {}, 10);
  REQUIRE(queue.size() == 3);
  CHECK(queue[0].may_have_been_sent);
  CHECK(queue[1].may_have_been_sent);
  CHECK_FALSE(queue[2].may_have_been_sent);
}
