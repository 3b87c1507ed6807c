#include <doctest/doctest.h>

#include <consent_sync/report/report.hpp>

#include "digest.hpp"
#include "html.hpp"
#include "report_fixture.hpp"

using namespace consent_sync;
using consent::Outcome;

namespace {

std::string page_of(LedgerStory& story, const std::string& id) {
  return read_file(report::write_report(story.ledger(), id, story.report_dir()) / "report.html");
}

bool has(const std::string& page, std::string_view words) {
  return page.find(words) != std::string::npos;
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
  CHECK(has(page, "<h2 id=\"verdict\">7 rows need attention; the other 5 ended well.</h2>"));
  CHECK(has(page, "<section class=\"verdict attention\""));
  CHECK(text_of(between(page, "<p class=\"sum\">", "</p>")) ==
        "12 rows read = 3 applied + 1 unchanged + 1 superseded + 1 invalid + 1 conflict + 1 not_found + 1 "
        "rejected + "
        "1 mismatch + 1 failed + 1 unknown");
  CHECK(text_of(between(page, "<p class=\"sum small\">", "</p>")) ==
        "5 ok + 7 problems + 0 unfinished = 12 accounted for");
}

TEST_CASE("the page counts decisions by category") {
  LedgerStory story;
  const std::string page = page_of(story, story.tell(example_run(), every_outcome(), 1));
  // 101 withdrew three and 103 granted three; of 102 nothing was known before.
  const auto row = [&](std::string_view category) {
    return text_of(between(page, "<th scope=\"row\">" + std::string(category), "</tr>"));
  };
  CHECK(between(page, "<th scope=\"row\">essential", "</tr>") ==
        "</th><td class=\"n\">0</td><td class=\"n\">0</td><td class=\"n\">0</td><td class=\"n\">1</td>");
  CHECK(row("functional") == "1110");
  CHECK(row("analytics") == "1101");
  CHECK(row("targeting") == "1110");
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
  CHECK_FALSE(has(page, "<script"));
  CHECK_FALSE(has(page, "<img"));
  CHECK(has(page, "&quot;&gt;&lt;script&gt;alert(1)"));
}

TEST_CASE("the page's policy allows its own style and nothing else") {
  LedgerStory story;
  const std::string page = page_of(story, story.tell(example_run(), every_outcome(), 1));
  const std::string style = between(page, "<style>", "</style>");
  CHECK(has(page, "content=\"default-src 'none'; style-src '" + report::csp_hash(style) + "'; "));
  CHECK_FALSE(has(page, "style=\""));
  CHECK_FALSE(has(page, "src=\""));
  CHECK_FALSE(has(page, "url("));
}

TEST_CASE("a run that stopped tells why and how to go on") {
  LedgerStory story;
  auto rows = every_outcome();
  rows.push_back({Outcome::pending, 500, {}, choice(1, 14), 0, 0, "", "500,essential,"});
  const std::string page = page_of(story, story.tell(example_run(), rows, 130, "interrupted by SIGINT"));
  CHECK(has(page, "Stopped before the end: 1 of 13 rows was not reached."));
  CHECK(has(page, "Interrupted by SIGINT."));
  CHECK_FALSE(has(page, "Once mended"));
  CHECK(has(page, "Run the same command again: it takes up the 1 row that was not reached."));
  CHECK(has(page, "<section class=\"verdict stopped\""));
}

TEST_CASE("the page of a dry run tells of what would be, not of what was") {
  LedgerStory story;
  const std::string page = page_of(
      story,
      story.tell(example_run(ledger::Mode::dry_run),
                 {{Outcome::would_apply, 7, choice(15, 0), choice(1, 14), 0, 0, "", "7,essential,"}}, 0));
  CHECK(has(page, "Dry run, nothing was sent: the one row can be used, and 1 change would be sent."));
  CHECK(has(page, "consent-sync apply "));
  CHECK(has(page, "What would change"));
  CHECK(has(page, "Decisions that would change"));
  CHECK_FALSE(has(page, "What changed"));
  CHECK(has(page, "No request was sent."));
  CHECK_FALSE(has(page, "<code>applied</code>"));
  CHECK_FALSE(has(page, "were sent first"));
}

TEST_CASE("the page of an empty run is whole") {
  LedgerStory story;
  const std::string page = page_of(story, story.tell(example_run(ledger::Mode::dry_run), {}, 0));
  CHECK(has(page, "The input has no rows, so there was nothing to do."));
  CHECK(text_of(between(page, "<p class=\"sum\">", "</p>")) == "0 rows read = 0 outcomes");
  CHECK(has(page, "Nothing had to change."));
  CHECK_FALSE(has(page, "What to do next"));
  CHECK(page.ends_with("</html>\n"));
}

TEST_CASE("a run that was cut off while reading does not look like a broken account") {
  LedgerStory story;
  const std::string page = page_of(story, story.tell_staging(example_run(), every_outcome()));
  CHECK(has(page, "stopped before its plan was made"));
  CHECK_FALSE(has(page, "≠"));
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
  CHECK(digest.first_problems().size() == report::Digest::max_rows);
  CHECK(digest.first_problems().back().line == 201);
}

TEST_CASE("a flood of reasons is counted whole in bounded memory") {
  report::Digest digest;
  for (int i = 0; i < 5000; ++i) digest.add(problem(i + 2, "fault number " + std::to_string(i)));
  std::uint64_t rows = 0;
  for (const auto& group : digest.problem_groups()) rows += group.rows;
  CHECK(rows == 5000);
  CHECK(digest.problem_groups().size() == report::Digest::max_groups + 1);
  CHECK(digest.problem_groups().front().reason == "other reasons");
}
