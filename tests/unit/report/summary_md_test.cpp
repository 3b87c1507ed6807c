#include <doctest/doctest.h>

#include <consent_sync/report/report.hpp>

#include "report_fixture.hpp"

using namespace consent_sync;

namespace {

std::string summary_of(LedgerStory& story, const std::string& id) {
  return read_file(report::write_report(story.ledger(), id, story.report_dir()) / "summary.md");
}

bool has(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("summary.md has the verdict, the accounts, the changes and the reasons") {
  LedgerStory story;
  const std::string text = summary_of(story, story.tell(example_run(), every_outcome(), 1));
  CHECK(text.starts_with("**7 rows need attention; the other 5 ended well.**\n"));
  CHECK(has(text, "| `applied` | 3 |\n"));
  CHECK(has(text, "| **rows read** | **12** |\n"));
  CHECK(has(text, "| functional | 1 | 1 | 1 | 0 |\n"));
  CHECK(has(text, "| `not_found` | 1 | the store has no such customer |\n"));
  CHECK(has(text, "- Run `20261124T050000Z-3f9ac2`, sync, store `abc123`, consent-sync 0.1.0\n"));
}

TEST_CASE("nothing that comes from the data is markup in summary.md") {
  LedgerStory story;
  ledger::Run run = example_run();
  run.input.path = "a`b|c\nd.csv";
  auto rows = every_outcome();
  for (RowStory& row : rows) row.reason = "[x](http://y) <img> | *b* _i_ @all #1 \n# heading";
  const std::string text = summary_of(story, story.tell(run, rows, 1));
  CHECK(has(text, "- Input `a'b/c d.csv`"));
  CHECK(has(text, "\\[x\\](http\\://y) \\<img\\> \\| \\*b\\* \\_i\\_ \\@all \\#1  \\# heading"));
}
