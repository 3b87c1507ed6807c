#include <doctest/doctest.h>

#include <consent_sync/report/report.hpp>

#include "contains.hpp"
#include "earlier_problems.hpp"
#include "report_fixture.hpp"

using namespace consent_sync;
using consent::Outcome;
using test::contains;

namespace {

RowStory row(std::int64_t customer, Outcome outcome, std::string reason = "") {
  return {outcome, customer, {}, choice(1, 14), 0, 1, std::move(reason), "row"};
}

RowStory unreadable(std::string source) {
  return {Outcome::invalid, 0, {}, {}, 0, 0, "customer_id \"" + source + "\" is bad", source};
}

ledger::Run later_run(ledger::Mode mode = ledger::Mode::sync) {
  ledger::Run run = example_run(mode);
  run.id = "20261125T050000Z-aaaaaa";
  run.started_at = at("2026-11-25T05:00:00Z");
  return run;
}

std::string text_of(LedgerStory& story, const std::string& id, const char* file) {
  return read_file(report::write_report(story.ledger(), id, story.report_dir()) / file);
}

const std::vector<RowStory> first_night{
    row(1, Outcome::not_found, "no such customer"),
    row(2, Outcome::rejected, "refused"),
    row(3, Outcome::failed, "locked"),
    row(4, Outcome::failed, "locked"),
    unreadable("x1"),
    unreadable("x2"),
};
const std::vector<RowStory> second_night{
    row(1, Outcome::not_found, "no such customer"),
    row(2, Outcome::applied),
    row(3, Outcome::pending),
    unreadable("x1"),
    row(5, Outcome::unknown, "no answer"),
};

}  // namespace

TEST_CASE("a report says what became of the problems of the run before, and which are new") {
  LedgerStory story;
  const std::string first = story.tell(example_run(), first_night, 1);
  const std::string json = text_of(story, story.tell(later_run(), second_night, 130), "summary.json");
  const auto from = json.find("\"previous\": {");
  REQUIRE(from != std::string::npos);
  const std::string previous = json.substr(from, json.find('}', from) - from);
  for (const std::string_view member :
       {"\"run_id\": \"20261124T050000Z-3f9ac2\"", "\"problems\": 6", "\"compared_row_by_row\": true",
        "\"new\": 1", "\"again\": 2", "\"mended\": 1", "\"left_out\": 2", "\"not_reached\": 1"}) {
    CAPTURE(member);
    CHECK(contains(previous, member));
  }
  CHECK(contains(json, "\"rows_before\": 2"));  // customer_id "…" is bad
  CHECK(contains(json, "\"rows_before\": 0"));  // no answer
}

TEST_CASE("the page links to the run before, marks new reasons and lists those no longer met") {
  LedgerStory story;
  story.tell(example_run(), first_night, 1);
  const std::string page = text_of(story, story.tell(later_run(), second_night, 130), "report.html");
  CHECK(contains(page, "<a href=\"../20261124T050000Z-3f9ac2/report.html\">"));
  CHECK(contains(page, "It had 6 problem rows, this one has 3."));
  CHECK(contains(page, "no answer <strong class=\"new\">new</strong>"));
  CHECK_FALSE(contains(page, "no such customer <strong class=\"new\">new</strong>"));
  CHECK(contains(page, "<code>rejected</code> refused (1 row)"));
  CHECK(contains(page, "<code>failed</code> locked (2 rows)"));
}

TEST_CASE("a run without one before it says nothing of it, and a dry run is not compared with a sync") {
  LedgerStory story;
  const std::string first = story.tell(example_run(), first_night, 1);
  CHECK(contains(text_of(story, first, "summary.json"), "\"previous\": null"));
  CHECK_FALSE(contains(text_of(story, first, "report.html"), "Since the run before"));
  const std::string dry = story.tell(later_run(ledger::Mode::dry_run), {}, 0);
  CHECK(contains(text_of(story, dry, "summary.json"), "\"previous\": null"));
}

TEST_CASE("an earlier report that is written again is compared with what came before it, not after") {
  LedgerStory story;
  const std::string first = story.tell(example_run(), first_night, 1);
  story.tell(later_run(), second_night, 130);
  CHECK(contains(text_of(story, first, "summary.json"), "\"previous\": null"));
}

TEST_CASE("of several rows of a customer the worst counts") {
  report::EarlierProblems earlier{example_run()};
  ledger::RowResult seen;
  seen.customer = consent::CustomerId::from(7);
  seen.outcome = Outcome::rejected;
  earlier.add(seen);
  seen.outcome = Outcome::superseded;
  CHECK_FALSE(earlier.meet(seen));
  CHECK(earlier.comparison().mended == 1);
  seen.outcome = Outcome::conflict;
  CHECK(earlier.meet(seen));
  seen.outcome = Outcome::superseded;
  CHECK_FALSE(earlier.meet(seen));
  CHECK(earlier.comparison().again == 1);
  CHECK(earlier.comparison().mended == 0);
}

TEST_CASE("with too many problem rows to remember only reasons are compared") {
  report::EarlierProblems earlier{example_run()};
  ledger::RowResult seen;
  seen.outcome = Outcome::not_found;
  seen.reason = "no such customer";
  for (std::size_t i = 0; i <= report::EarlierProblems::most_rows; ++i) {
    seen.customer = consent::CustomerId::from(static_cast<std::int64_t>(i) + 1);
    earlier.add(seen);
  }
  CHECK_FALSE(earlier.comparison().row_by_row);
  CHECK(earlier.comparison().before == report::EarlierProblems::most_rows + 1);
  CHECK(earlier.rows_of(Outcome::not_found, "no such customer") == report::EarlierProblems::most_rows + 1);
}
