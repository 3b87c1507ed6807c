#include <doctest/doctest.h>

#include <consent_sync/report/reason.hpp>
#include <consent_sync/report/report.hpp>

#include "contains.hpp"
#include "digest.hpp"
#include "html.hpp"
#include "problem_reason.hpp"
#include "report_fixture.hpp"

using namespace consent_sync;
using consent::Outcome;
using test::contains;

namespace {

std::string page_of(LedgerStory& story, const std::string& id) {
  return read_file(report::write_report(story.ledger(), id, story.report_dir()) / "report.html");
}

std::string between(const std::string& text, std::string_view from, std::string_view to) {
  const auto start = text.find(from);
  REQUIRE(start != std::string::npos);
  const auto end = text.find(to, start + from.size());
  REQUIRE(end != std::string::npos);
  return text.substr(start + from.size(), end - start - from.size());
}

/// The text of a piece of the page, without its tags.
std::string text_of(const std::string& html) {
  std::string text;
  bool in_tag = false;
  for (const char c : html) {
    if (c == '<') in_tag = true;
    if (!in_tag) text += c;
    if (c == '>') in_tag = false;
  }
  return text;
}

ledger::RowResult problem(consent::LineNumber line, std::string reason) {
  ledger::RowResult row;
  row.line = line;
  row.outcome = Outcome::invalid;
  row.reason = std::move(reason);
  return row;
}

}  // namespace

TEST_CASE("the page opens with the verdict, and its sum adds up in sight") {
  LedgerStory story;
  const std::string page = page_of(story, story.tell(example_run(), every_outcome(), 1));
  CHECK(contains(page, "<h1 id=\"verdict\">7 rows need attention; the other 5 ended well.</h1>"));
  CHECK(contains(page, "<section class=\"verdict attention\""));
  CHECK(text_of(between(page, "<p class=\"sum\">", "</p>")) ==
        "12 rows read = 3 applied + 1 unchanged + 1 superseded + 1 invalid + 1 conflict + 1 not_found + 1 "
        "rejected + "
        "1 mismatch + 1 failed + 1 unknown");
  CHECK(text_of(between(page, "<p class=\"sum small\">", "</p>")) ==
        "5 ok + 7 problems + 0 unfinished = 12 accounted for");
}

TEST_CASE("the page has a matrix of what was before and after for each category") {
  LedgerStory story;
  const std::string page = page_of(story, story.tell(example_run(), every_outcome(), 1));
  // 101 withdrew three and 103 granted three; of 102 nothing was known before.
  const auto matrix = [&](std::string_view category) {
    return text_of(between(page, "<caption>" + std::string(category) + "</caption>", "</table>"));
  };
  CHECK(contains(matrix("essential"), "allow2 same0 withdrawn\n"));
  CHECK(contains(matrix("essential"), "not known1 first allow0 first deny\n"));
  CHECK(contains(matrix("functional"), "allow0 same1 withdrawn\n"));
  CHECK(contains(matrix("functional"), "deny1 granted0 same\n"));
  CHECK(contains(matrix("functional"), "not known0 first allow1 first deny\n"));
  CHECK(contains(page, "What the store confirmed: 3 consents withdrawn, 3 granted, and 4 first decisions."));
}

TEST_CASE("nothing on the page can come alive") {
  LedgerStory story;
  ledger::Run run = example_run();
  const std::string hostile = "\"><script>alert(1)</script><img src=x onerror=alert(1)>{{style}}";
  run.store = hostile;
  run.settings = hostile;
  run.input.path = hostile;
  auto rows = every_outcome();
  for (RowStory& row : rows) row.reason = hostile;
  const std::string page = page_of(story, story.tell(run, rows, 5, hostile));
  CHECK(page.find("<script") == page.rfind("<script"));
  CHECK_FALSE(contains(page, "<img"));
  CHECK(contains(page, "&quot;&gt;&lt;script&gt;alert(1)"));
}

TEST_CASE("the page's policy allows its own style and script, and nothing else") {
  LedgerStory story;
  const std::string page = page_of(story, story.tell(example_run(), every_outcome(), 1));
  const std::string style = between(page, "<style>", "</style>");
  const std::string script = between(page, "<script>", "</script>");
  CHECK(contains(page, "content=\"default-src 'none'; style-src '" + report::csp_hash(style) +
                           "'; script-src '" + report::csp_hash(script) +
                           "'; base-uri 'none'; form-action 'none'\""));
  CHECK_FALSE(contains(page, "style=\""));
  CHECK_FALSE(contains(page, "src=\""));
  CHECK_FALSE(contains(page, "url("));
}

TEST_CASE("a run that stopped tells why and how to go on") {
  LedgerStory story;
  auto rows = every_outcome();
  rows.push_back({Outcome::pending, 500, {}, choice(1, 14), 0, 0, "", "500,essential,"});
  const std::string page = page_of(story, story.tell(example_run(), rows, 130, "interrupted by SIGINT"));
  CHECK(contains(page, "Stopped before the end: 1 of 13 rows was not reached."));
  CHECK(contains(page, "Interrupted by SIGINT."));
  CHECK_FALSE(contains(page, "Once mended"));
  CHECK(contains(page, "consent-sync undo 20261124T050000Z-3f9ac2"));
  CHECK(contains(page, "Run the same command again: it takes up the 1 row that was not reached."));
  CHECK(contains(page, "<section class=\"verdict stopped\""));
}

TEST_CASE("the page of a dry run tells of what would be, not of what was") {
  LedgerStory story;
  const std::string page = page_of(
      story,
      story.tell(example_run(ledger::Mode::dry_run),
                 {{Outcome::would_apply, 7, choice(15, 0), choice(1, 14), 0, 0, "", "7,essential,"}}, 0));
  CHECK(contains(page, "Dry run, nothing was sent: the one row can be used, and 1 change would be sent."));
  CHECK(contains(page, "consent-sync apply "));
  CHECK(contains(page, "What would change"));
  CHECK(contains(page, "What would be sent: 3 consents withdrawn, 0 granted"));
  CHECK_FALSE(contains(page, "consent-sync undo"));
  CHECK_FALSE(contains(page, "What changed"));
  CHECK(contains(page, "No request was sent."));
  CHECK_FALSE(contains(page, "<code>applied</code>"));
  CHECK_FALSE(contains(page, "were sent first"));
}

TEST_CASE("the page of an empty run is whole") {
  LedgerStory story;
  const std::string page = page_of(story, story.tell(example_run(ledger::Mode::dry_run), {}, 0));
  CHECK(contains(page, "The input has no rows, so there was nothing to do."));
  CHECK(text_of(between(page, "<p class=\"sum\">", "</p>")) == "0 rows read = 0 outcomes");
  CHECK(contains(page, "Nothing had to change."));
  CHECK_FALSE(contains(page, "What to do next"));
  CHECK(page.ends_with("</html>\n"));
}

TEST_CASE("a run that was cut off while reading does not look like a broken account") {
  LedgerStory story;
  const std::string page = page_of(story, story.tell_staging(example_run(), every_outcome()));
  CHECK(contains(page, "stopped before its plan was made"));
  CHECK_FALSE(contains(page, "≠"));
}

TEST_CASE("reasons that differ in the values they quote are one problem") {
  report::Digest digest;
  for (int i = 0; i < 1000; ++i)
    digest.add(problem(i + 2, "customer_id \"x" + std::to_string(i) + "\" is bad"));
  digest.add(problem(5000, "lines 4999 and 5000 contradict each other in 2 ways"));
  digest.add(problem(5001, "lines 17 and 5001 contradict each other in 2 ways"));
  const auto groups = digest.problem_groups();
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].reason == "customer_id \"…\" is bad");
  CHECK(groups[0].rows == 1000);
  CHECK(groups[0].first_line == 2);
  CHECK(groups[1].reason == "lines … and … contradict each other in 2 ways");
  CHECK(groups[1].rows == 2);
  CHECK(digest.problem_rows().size() == report::Digest::first_rows + 2);
  CHECK(digest.problem_rows().back().row.line == 5001);
}

TEST_CASE("a value that holds quotation marks itself is left out whole") {
  CHECK(report::general_reason("allow names \"=HYPERLINK(\"http://x\")\"; the categories are a, b") ==
        "allow names \"…\"; the categories are a, b");
  CHECK(report::general_reason("\"a\" is not \"b\"") == "\"…\" is not \"…\"");
  CHECK(report::general_reason("cut off: \"a b") == "cut off: \"…\"");
  CHECK(report::general_reason(R"(customer_id is "C:\": it is not a whole number)") ==
        "customer_id is \"…\": it is not a whole number");
}

TEST_CASE("the store's own words say what is wrong; the values in them do not") {
  CHECK(
      report::general_reason(R"(5 of 5 tries spent; the last: The store answered 422: "Bad; allow: why")") ==
      R"(5 of 5 tries spent; the last: The store answered 422: "Bad; allow: why")");
  CHECK(report::general_reason(R"(The store answered 422: "no \"a b\", or \\". Look)") ==
        R"(The store answered 422: "no "…", or \". Look)");
}

TEST_CASE("what leaves the values out leaves the store's own words out whole") {
  CHECK(report::without_values(R"(The store answered 401: "Bad \"a\", \"b\"; c: d\\". Check the token)") ==
        "The store answered 401: \"…\". Check the token");
}

TEST_CASE("however many rows are a problem, the page has few of them and points to the file") {
  LedgerStory story;
  std::vector<RowStory> rows;
  rows.reserve(3001);
  for (int i = 0; i < 3000; ++i) {
    rows.push_back({Outcome::not_found, 1000 + i, {}, choice(1, 14), 404, 1, "no such customer", "x"});
  }
  rows.push_back({Outcome::rejected, 5000, {}, choice(1, 14), 422, 1, "The data is not valid", "x"});
  const std::string page = page_of(story, story.tell(example_run(), rows, 1));
  CHECK(page.size() < 400'000);
  CHECK(contains(page, "This page holds 1,001 of the 3,001 rows"));
  CHECK(contains(page, "<td class=\"n\">5000</td><td><code>rejected</code>"));
}

TEST_CASE("faults are told by kind, with what was done about them") {
  LedgerStory story;
  ledger::Run run = example_run();
  run.traffic.faults[ledger::Fault::server_error] = 4;
  run.traffic.faults[ledger::Fault::timed_out] = 1;
  const std::string page = page_of(story, story.tell(run, every_outcome(), 1));
  const std::string table = text_of(between(page, "What went wrong with requests", "</table>"));
  CHECK(contains(table, "Server error (5xx)4Tried again"));
  CHECK(contains(table, "No answer in time1Tried again on a fresh connection"));
  CHECK_FALSE(contains(table, "503"));
  CHECK(
      contains(page,
               "6 requests had to be sent again; of 4 rows that took more than one try, 1 ended well. 1 idle "
               "connection that the store had closed was reopened"));
}

TEST_CASE("settings in force stand by their kind") {
  LedgerStory story;
  ledger::Run run = example_run();
  run.settings = "policy.drift: deny_wins\nsafety.min_rows: 10\nrate.share: 0.9\nquiet: false\n";
  const std::string page = page_of(story, story.tell(run, every_outcome(), 1));
  CHECK(contains(text_of(between(page, "<caption>Policies", "</table>")), "policy.driftdeny_wins"));
  CHECK(contains(text_of(between(page, "<caption>Safety limits", "</table>")), "safety.min_rows10"));
  CHECK(contains(text_of(between(page, "<caption>All others", "</table>")), "quietfalse"));
}

TEST_CASE("a flood of reasons is counted whole in bounded memory") {
  report::Digest digest;
  for (int i = 0; i < 5000; ++i) digest.add(problem(i + 2, "fault number " + std::to_string(i)));
  std::uint64_t rows = 0;
  for (const auto& group : digest.problem_groups()) rows += group.rows;
  CHECK(rows == 5000);
  CHECK(digest.problem_groups().size() == report::most_reasons + 1);
  CHECK(digest.problem_groups().front().reason == "other reasons");
}
