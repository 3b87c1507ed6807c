#include <doctest/doctest.h>

#include <fstream>

#include <consent_sync/input/reader.hpp>
#include <consent_sync/report/report.hpp>

#include "report_fixture.hpp"

using namespace consent_sync;
namespace fs = std::filesystem;

namespace {

struct Read {
  std::vector<std::string> columns;
  std::vector<input::Row> rows;
};

Read read_input(const fs::path& path) {
  const auto reader = input::open_reader(path.string(), {});
  Read read;
  read.columns = reader->columns();
  for (std::vector<input::Row> batch; reader->read(batch);) {
    read.rows.insert(read.rows.end(), batch.begin(), batch.end());
  }
  return read;
}

/// rejected.csv of a run over this input in which every understood row was refused by the store.
fs::path reject_all(LedgerStory& story, const Read& read, std::string_view format) {
  ledger::Run run = example_run();
  run.input.format = format;
  run.input.columns = read.columns;
  std::vector<RowStory> rows;
  for (const input::Row& row : read.rows) {
    RowStory told;
    told.outcome = row.record ? consent::Outcome::rejected : consent::Outcome::invalid;
    if (row.record) {
      told.customer = row.record->customer.value();
      told.after = row.record->choice;
      told.decided_at = row.record->decided_at;
    }
    told.reason = row.record ? "=refused, \"so to speak\"" : row.problem;
    told.source = row.source;
    rows.push_back(told);
  }
  return report::write_report(story.ledger(), story.tell(run, rows, 1), story.report_dir()) /
         (format == "ndjson" ? "rejected.ndjson" : "rejected.csv");
}

fs::path write_input(const TemporaryDirectory& directory, const char* name, std::string_view text) {
  std::ofstream(directory.path() / name) << text;
  return directory.path() / name;
}

}  // namespace

TEST_CASE("rejected.csv reads back as the rows that it was made of") {
  LedgerStory story;
  TemporaryDirectory directory;
  const Read before =
      read_input(write_input(directory, "in.csv",
                             "note;customer_id;allow;deny;decided_at\n"
                             "\"=1+1; \"\"x\"\", y\";7;essential,analytics;functional|targeting;\n"
                             "Zoë;8;essential;;2026-11-20T10:00:00Z\n"
                             "bad;c9;essential;;\n"
                             "\"two\nlines\";10;marketing;;\n"
                             "'=1;11;essential;;\n"
                             "'-x;-12;@essential;;\n"));
  REQUIRE(before.rows.size() == 6);
  const Read after = read_input(reject_all(story, before, "csv"));
  CHECK(after.columns == before.columns);
  REQUIRE(after.rows.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) {
    CAPTURE(i);
    CHECK(after.rows[i].record == before.rows[i].record);
    CHECK(after.rows[i].problem == before.rows[i].problem);
    CHECK(after.rows[i].source == before.rows[i].source);
  }
  CHECK(after.rows[0].record.has_value());
}

TEST_CASE("a mended row of rejected.csv is an input like any other, and the rest stay as bad as they were") {
  LedgerStory story;
  TemporaryDirectory directory;
  const Read before = read_input(write_input(
      directory, "in.csv", "customer_id,allow,deny\nc7,essential,\n8,essential,analytics,targeting\n"));
  REQUIRE(before.rows.size() == 2);
  std::string text = read_file(reject_all(story, before, "csv"));
  text.replace(text.find("c7"), 2, "7");
  const Read after = read_input(write_input(directory, "mended.csv", text));
  REQUIRE(after.rows.size() == 2);
  REQUIRE(after.rows[0].record.has_value());
  CHECK(after.rows[0].record->customer.value() == 7);
  CHECK_FALSE(after.rows[1].record.has_value());
  CHECK(after.rows[1].source == before.rows[1].source);
}

TEST_CASE("rejected.ndjson reads back as the records that it was made of") {
  LedgerStory story;
  TemporaryDirectory directory;
  const Read before = read_input(write_input(
      directory, "in.ndjson",
      "{\"customer_id\": 7, \"allow\": [\"essential\"], \"deny\": [\"analytics\", \"targeting\"], "
      "\"decided_at\": \"2026-11-20T10:00:00Z\"}\n"
      "{\"customer_id\": \"c8\", \"allow\": [\"essential\"]}\n"));
  REQUIRE(before.rows.size() == 2);
  REQUIRE(before.rows[0].record.has_value());
  const Read after = read_input(reject_all(story, before, "ndjson"));
  REQUIRE(after.rows.size() == 2);
  CHECK(after.rows[0].record == before.rows[0].record);
  CHECK_FALSE(after.rows[1].record.has_value());
}
