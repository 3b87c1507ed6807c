#include <doctest/doctest.h>

#include <consent_sync/report/report.hpp>

#include "contains.hpp"
#include "report_fixture.hpp"

using namespace consent_sync;
using test::contains;

namespace {

std::string summary_of(LedgerStory& story, const std::string& id) {
  return read_file(report::write_report(story.ledger(), id, story.report_dir()) / "summary.md");
}

}  // namespace

TEST_CASE("summary.md has the verdict, the accounts, the changes and the reasons") {
  LedgerStory story;
  const std::string text = summary_of(story, story.tell(example_run(), every_outcome(), 1));
  CHECK(text.starts_with("**7 rows need attention; the other 5 ended well.**\n"));
  CHECK(contains(text, "| `applied` | 3 |\n"));
  CHECK(contains(text, "| **rows read** | **12** |\n"));
  CHECK(contains(text, "| functional | 1 | 1 | 1 | 0 |\n"));
  CHECK(contains(text, "| `not_found` | 1 | the store has no such customer |\n"));
  CHECK(contains(text, "- Run `20261124T050000Z-3f9ac2`, sync, store `abc123`, consent-sync 0.1.0\n"));
}

TEST_CASE("nothing that comes from the data is markup in summary.md") {
  LedgerStory story;
  ledger::Run run = example_run();
  run.input.path = "a`b|c\nd.csv";
  auto rows = every_outcome();
  for (RowStory& row : rows) row.reason = "[x](http://y) <img> | *b* _i_ @all #1 \n# heading";
  const std::string text = summary_of(story, story.tell(run, rows, 1));
  CHECK(contains(text, "- Input `a'b/c d.csv`"));
  CHECK(contains(text, "\\[x\\](http\\://y) \\<img\\> \\| \\*b\\* \\_i\\_ \\@all \\#1  \\# heading"));
}
