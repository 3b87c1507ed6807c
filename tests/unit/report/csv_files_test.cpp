#include <doctest/doctest.h>

#include <consent_sync/report/report.hpp>

#include "report_fixture.hpp"

using namespace consent_sync;
using consent::Outcome;

namespace {

std::vector<std::string> report_lines(LedgerStory& story, const std::string& id, std::string_view file) {
  return lines_of(read_file(report::write_report(story.ledger(), id, story.report_dir()) / file));
}

RowStory invalid(std::string source, std::string reason) {
  RowStory row;
  row.outcome = Outcome::invalid;
  row.source = std::move(source);
  row.reason = std::move(reason);
  return row;
}

}  // namespace

TEST_CASE("outcomes.csv has a line for each row, in the order of the input") {
  LedgerStory story;
  const auto lines = report_lines(story, story.tell(example_run(), every_outcome(), 1), "outcomes.csv");
  REQUIRE(lines.size() == 13);
  CHECK(lines[0] == "line,customer_id,outcome,before,after,http_status,attempts,reason");
  CHECK(lines[1] ==
        "2,101,applied,essential=allow functional=allow analytics=allow targeting=allow,"
        "essential=allow functional=deny analytics=deny targeting=deny,200,1,");
  CHECK(lines[5] == "6,101,superseded,,,,0,line 9 is newer");
  CHECK(lines[6] == "7,,invalid,,,,0,\"customer_id \"\"x7\"\" is not a number\"");
  CHECK(lines[12].starts_with("13,110,unknown,,,"));
  CHECK(lines[12].ends_with(",502,5,\"no answer that can be trusted, 5 tries\""));
}

TEST_CASE("a reason cannot run as a formula, nor start a line of its own") {
  LedgerStory story;
  const auto id = story.tell(example_run(), {invalid("x,y,z", "=cmd|'/c calc'!A1\n4,106,applied")}, 1);
  CHECK(report_lines(story, id, "outcomes.csv").at(1) ==
        "2,,invalid,,,,0,\"'=cmd|'/c calc'!A1 4,106,applied\"");
  CHECK(report_lines(story, id, "rejected.csv").at(1) == "x,y,z,\"'=cmd|'/c calc'!A1 4,106,applied\"");
}

TEST_CASE("rejected.csv has the problem rows and no others, in the input's own columns") {
  LedgerStory story;
  const auto lines = report_lines(story, story.tell(example_run(), every_outcome(), 1), "rejected.csv");
  REQUIRE(lines.size() == 8);
  CHECK(lines[0] == "customer_id,allow,deny,reason");
  CHECK(lines[1] == "x7,essential,functional|analytics|targeting,\"customer_id \"\"x7\"\" is not a number\"");
  CHECK(lines[3] == "106,essential,functional|analytics|targeting,the store has no such customer");
}

TEST_CASE("cells of the input that a spreadsheet would run as formulas are inert") {
  LedgerStory story;
  ledger::Run run = example_run();
  run.input.columns[2] = "=deny";
  const auto id = story.tell(
      run, {invalid("=1+1,\"a \"\"b\"\", c\",-5", "bad"), invalid("\"two\nlines\",,'@x", "bad")}, 1);
  const auto text = read_file(report::write_report(story.ledger(), id, story.report_dir()) / "rejected.csv");
  CHECK(text ==
        "customer_id,allow,'=deny,reason\n"
        "'=1+1,\"a \"\"b\"\", c\",'-5,bad\n"
        "\"two\nlines\",,''@x,bad\n");
}

TEST_CASE("rejected.csv has the delimiter that the input was said to have") {
  LedgerStory story;
  ledger::Run run = example_run();
  run.settings += "input.delimiter: ;\n";
  const auto id = story.tell(run, {invalid("7,a;b,c", "one; two")}, 1);
  CHECK(report_lines(story, id, "rejected.csv").at(0) == "customer_id;allow;deny;reason");
  CHECK(report_lines(story, id, "rejected.csv").at(1) == "7;\"a;b\";c;\"one; two\"");
}

TEST_CASE(
    "short and long rows keep the reason in its column, and a short one stays a row of the wrong length") {
  LedgerStory story;
  const auto lines = report_lines(
      story, story.tell(example_run(), {invalid("7", "too short"), invalid("7,a,b,c,d", "too long")}, 1),
      "rejected.csv");
  CHECK(lines.at(1) == "7,,,too short,complete the row and take this cell away");
  CHECK(lines.at(2) == "7,a,b,too long,c,d");
}

TEST_CASE("a row whose source was cut is still one row") {
  LedgerStory story;
  const auto lines = report_lines(
      story, story.tell(example_run(), {invalid("7,\"cut, in mid-cell", "bad")}, 1), "rejected.csv");
  CHECK(lines.at(1) == "7,\"cut, in mid-cell\",,bad,complete the row and take this cell away");
}

TEST_CASE("problem rows of NDJSON are their own objects with a reason, and what is no object stands in one") {
  LedgerStory story;
  ledger::Run run = example_run();
  run.input.format = "ndjson";
  run.input.columns = {"customer_id", "allow", "deny", "decided_at"};
  RowStory missing{Outcome::not_found,     106, {}, choice(3, 12), 404, 1, "no \"such\" customer",
                   "{\"customer_id\":106}"};
  const auto id = story.tell(run,
                             {missing, invalid("{\"customer_id\":7,\"reason\":\"of \\\"old\\\"\"}", "bad"),
                              invalid("{}", "empty"), invalid("no \"object\"", "not JSON")},
                             1);
  const auto lines = report_lines(story, id, "rejected.ndjson");
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] == "{\"customer_id\":106,\"reason\":\"no \\\"such\\\" customer\"}");
  CHECK(lines[1] == "{\"customer_id\":7,\"reason\":\"bad\"}");
  CHECK(lines[2] == "{\"reason\":\"empty\"}");
  CHECK(lines[3] == "{\"source\":\"no \\\"object\\\"\",\"reason\":\"not JSON\"}");
}

TEST_CASE("a problem row of NDJSON written again and again has one reason, the last, wherever it stood") {
  LedgerStory story;
  ledger::Run run = example_run();
  run.input.format = "ndjson";
  const std::string said = "\"customer_id\":1e2,\"consent\":{\"analytics\": false, \"reason\":\"theirs\"}";
  const auto id =
      story.tell(run,
                 {invalid("{" + said + "}", "first"), invalid("{" + said + ",\"reason\":\"first\"}", "again"),
                  invalid("{\"reason\": \"first\" , " + said + "}", "and again"),
                  invalid("{\"customer_id\":}", "broken"),
                  invalid("{\"source\":\"{\\\"customer_id\\\":}\",\"reason\":\"broken\"}", "the same")},
                 1);
  const auto lines = report_lines(story, id, "rejected.ndjson");
  REQUIRE(lines.size() == 5);
  CHECK(lines[0] == "{" + said + ",\"reason\":\"first\"}");
  CHECK(lines[1] == "{" + said + ",\"reason\":\"again\"}");
  CHECK(lines[2] == "{" + said + ",\"reason\":\"and again\"}");
  CHECK(lines[3] == "{\"source\":\"{\\\"customer_id\\\":}\",\"reason\":\"broken\"}");
  CHECK(lines[4] == "{\"source\":\"{\\\"customer_id\\\":}\",\"reason\":\"the same\"}");
}

TEST_CASE("an empty run has files with headers only") {
  LedgerStory story;
  const auto id = story.tell(example_run(), {}, 0);
  CHECK(report_lines(story, id, "outcomes.csv").size() == 1);
  CHECK(report_lines(story, id, "rejected.csv").size() == 1);
}

TEST_CASE("pending rows are in outcomes.csv, and are not yet rejected") {
  LedgerStory story;
  const auto id = story.tell(example_run(), {{Outcome::pending, 5, {}, choice(1, 14), 0, 0, "", "5,a,b"}},
                             130, "interrupted by SIGINT");
  CHECK(report_lines(story, id, "outcomes.csv").at(1).starts_with("2,5,pending,,,"));
  CHECK(report_lines(story, id, "rejected.csv").size() == 1);
}
