#include <doctest/doctest.h>

#include <consent_sync/input/inspection.hpp>
#include "contains.hpp"
#include "csv_columns.hpp"
#include "files.hpp"

using namespace consent_sync::input;
using consent_sync::consent::LineNumber;
using consent_sync::test::contains;

namespace {

std::vector<Row> csv_rows(std::string_view content) {
  return rows_of("a.csv", content);
}
std::string file_error(std::string_view content) {
  return file_error_of("a.csv", content);
}

}  // namespace

TEST_CASE("allow and deny lists are read") {
  const auto all =
      csv_rows("customer_id,allow,deny,decided_at\n7,essential|analytics,targeting,2026-01-02T03:04:05Z\n");
  REQUIRE(all.size() == 1);
  CHECK(all[0].line == 2);
  CHECK(all[0].record->customer.value() == 7);
  CHECK(result_of(all[0]) == "essential=allow analytics=allow targeting=deny");
  CHECK(all[0].record->decided_at == consent_sync::consent::parse_rfc3339("2026-01-02T03:04:05Z"));
  CHECK(all[0].source == "7,essential|analytics,targeting,2026-01-02T03:04:05Z");
}

TEST_CASE("one column for each category is read") {
  const auto all = csv_rows("Analytics, Customer_ID ,targeting\nyes,7,0\n,8,denied\n");
  REQUIRE(all.size() == 2);
  CHECK(result_of(all[0]) == "analytics=allow targeting=deny");
  CHECK(result_of(all[1]) == "targeting=deny");
}

TEST_CASE("the delimiter is detected from the header row, or set") {
  for (const char delimiter : {',', ';', '\t', '|'}) {
    CAPTURE(delimiter);
    std::string text = "customer_id?allow?deny?note\n7?analytics?targeting?x\n";
    for (char& c : text) c = c == '?' ? delimiter : c;
    CHECK(result_of(csv_rows(text).at(0)) == "analytics=allow targeting=deny");
    CHECK(result_of(rows_of("a.csv", text, {Format::automatic, delimiter}).at(0)) ==
          "analytics=allow targeting=deny");
    CHECK(csv_rows(text).at(0).source == "7,analytics,targeting,x");
  }
  CHECK(detect_delimiter("customer_id;allow;\"a,b,c,d,e\"") == ';');
  CHECK(detect_delimiter("customer_id") == ',');
  CHECK_FALSE(file_error_of("a.csv", "customer_id;allow\n7;analytics\n", {Format::csv, ','}).empty());
}

TEST_CASE("columns() are the header's own names without reason, and a source has no reason either") {
  const Files files;
  const auto reader = open_reader(
      files.write("a.csv", "Customer_ID,Reason,Allow,Note\n7,\"bad, very\",analytics,\"x, \"\"y\"\"\"\n"),
      {});
  CHECK(reader->format() == Format::csv);
  CHECK(reader->columns() == std::vector<std::string>{"Customer_ID", "Allow", "Note"});
  CHECK(read_all(*reader).at(0).source == "7,analytics,\"x, \"\"y\"\"\"");
}

TEST_CASE("a line number is the line on which the row starts, as an editor counts") {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const std::string text = "customer_id,allow,note" + end + "1,analytics,\"two" + end + "lines\"" + end +
                             end + "2,analytics,\"\"\"quoted\"\" " + end + end + end + "\"" + end +
                             "3,analytics,x";
    const auto all = csv_rows(text);
    CAPTURE(end);
    REQUIRE(all.size() == 3);
    CHECK(all[0].line == 2);
    CHECK(all[1].line == 5);
    CHECK(all[2].line == 9);
    CHECK(all[0].source == "1,analytics,\"two" + end + "lines\"");
    CHECK(all[1].source == "2,analytics,\"\"\"quoted\"\" " + end + end + end + "\"");
    for (const Row& row : all) CHECK(row.record);
  }
}

TEST_CASE("blank lines are passed over, before the header row too") {
  const auto all = csv_rows("\n  \ncustomer_id,allow\n\n1,analytics\n \t\n2,analytics\n\n");
  REQUIRE(all.size() == 2);
  CHECK(all[0].line == 5);
  CHECK(all[1].line == 7);
}

TEST_CASE("a header row alone is an input of no rows") {
  CHECK(csv_rows("customer_id,allow\n").empty());
  CHECK(csv_rows("customer_id,allow").empty());
}

TEST_CASE("a row with too few or too many fields is invalid, and keeps its fields") {
  const auto all = csv_rows("customer_id,allow,deny\n1,analytics\n2,analytics,,x,y\n3,analytics,\n");
  REQUIRE(all.size() == 3);
  CHECK(all[0].problem == "the row has 2 fields where the header row has 3");
  CHECK(all[0].source == "1,analytics");
  CHECK(all[1].problem == "the row has 5 fields where the header row has 3");
  CHECK(all[1].source == "2,analytics,,x,y");
  CHECK(all[2].record);
}

TEST_CASE("a delimiter at the end of a row is tolerated where the header row ends with one, too") {
  const auto all = csv_rows("customer_id,allow,\n1,analytics,\n2,analytics\n3,analytics,,\n");
  CHECK(all.at(0).record);
  CHECK(all.at(0).source == "1,analytics");
  CHECK(all.at(1).record);
  CHECK_FALSE(all.at(2).record);
}

TEST_CASE("a delimiter too many or too few may have moved any field: the row is invalid, and stays so") {
  // Of "targeting" nobody knows whether it is a note or denied.
  const Row more = csv_rows("customer_id,allow,deny,note\n7,essential,analytics,targeting,\n").at(0);
  CHECK_FALSE(more.record);
  CHECK(contains(more.problem, "5 fields where the header row has 4; if each row ends with a delimiter"));
  CHECK(more.source == "7,essential,analytics,targeting,");
  CHECK_FALSE(csv_rows("customer_id,allow,deny,note\n" + more.source + "\n").at(0).record);
  const Row fewer = csv_rows("customer_id,allow,deny,note,\n7,essentialanalytics,,\n").at(0);
  CHECK_FALSE(fewer.record);
}

TEST_CASE("a row with too many or too few fields is of the customer that the fields can have moved") {
  const auto whose = [](const std::string& header, const std::string& line) -> std::int64_t {
    const Row bad = csv_rows(header + "\n" + line + "\n").at(0);
    CHECK_FALSE(bad.record);
    CHECK_FALSE(contains(bad.problem, "may be in field"));
    return bad.customer ? bad.customer->value() : 0;
  };
  const std::string noted = "note,customer_id,allow,deny";
  CHECK(whose(noted, "b, c,7,,analytics") == 7);
  CHECK(whose(noted, "b,7,,analytics,targeting") == 7);
  CHECK(whose(noted, "b,c,d,7,,analytics") == 7);
  CHECK(whose(noted, "7,,analytics") == 7);
  CHECK(whose(noted, "b,c,d,e,,analytics") == 0);
  CHECK(whose(noted, "b,7,7,,analytics") == 7);
  // What stands first, nothing can have moved; what stands behind, only a delimiter too many before it.
  CHECK(whose("customer_id,essential,analytics", "7,1,0,1") == 7);
  CHECK(whose("customer_id,essential,analytics", ",7,yes,no") == 7);
  CHECK(whose("note,customer_id,essential,analytics", "b, c,7,1,0") == 7);
  // More than one delimiter is amiss.
  CHECK(whose("note,more,customer_id,allow,deny", "7,analytics,,") == 7);
  // Quotation marks are part of the fields where one is amiss.
  CHECK(whose(noted, R"("b","7","x"y","analytics")") == 7);
  CHECK(whose(noted, R"("b"c, d","7","","analytics")") == 7);
}

TEST_CASE("where several fields may be a row's customer, it is of the nearest, and says so") {
  const Row bad = csv_rows("note,customer_id,allow,deny\nb,5,7,,analytics\n").at(0);
  REQUIRE(bad.customer);
  CHECK(bad.customer->value() == 5);
  CHECK(contains(bad.problem,
                 "5 fields where the header row has 4; its customer may be in field 2 or 3: only "
                 "other rows of the one in field 2 are held back"));
}

TEST_CASE("a choice of the future is none, and holds its customer back") {
  const std::string text =
      "customer_id,allow,decided_at\n1,analytics,2027-01-01T00:00:00Z\n"
      "2,analytics,2027-01-01T00:00:00.000001Z\n3,analytics,\n";
  ReaderOptions options;
  options.latest = consent_sync::consent::parse_rfc3339("2027-01-01T00:00:00Z");
  const auto rows = rows_of("a.csv", text, options);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].record);
  CHECK_FALSE(rows[1].record);
  CHECK(rows[1].customer->value() == 2);
  CHECK(contains(rows[1].problem, "decided_at is 2027-01-01T00:00:00.000001Z: no one has chosen then yet"));
  CHECK(rows[2].record);
  CHECK(csv_rows(text)[1].record);
}

TEST_CASE("a header row that cannot be used says which columns were seen") {
  CHECK(contains(file_error("id,allow\n1,analytics\n"),
                 "a.csv: the header row has no column customer_id. Its columns are: \"id\", \"allow\""));
  CHECK(contains(file_error("customer_id,allow,ALLOW\n"), "the column \"ALLOW\" twice. Its columns are: "));
  CHECK(contains(file_error("customer_id,customer_id,allow\n"), "\"customer_id\" twice"));
  CHECK(contains(file_error("customer_id,analytics,Analytics\n"), "\"Analytics\" twice"));
  CHECK(contains(file_error("customer_id,allow,analytics\n"), "use the one or the other"));
  CHECK(contains(file_error("customer_id,decided_at\n"), "no decisions"));
  CHECK(csv_rows("customer_id,allow,note,note\n1,analytics,,\n").at(0).record);
}

TEST_CASE("a column that may be a misspelt one stops the file; any other is passed over, and told") {
  const auto error = [](const std::string& header) { return file_error(header + "\n"); };
  CHECK(contains(
      error("customer_id,essential,analitics,targeting"),
      "a.csv: the header row has the column \"analitics\", which is not read; did you mean analytics? "
      "Its columns are: "));
  CHECK(contains(error("customer_id,essential,Targetting"), "did you mean targeting?"));
  CHECK(contains(error("customer_id,allow,dny"), "did you mean deny?"));
  CHECK(contains(error("customer_id,alow,deny"), "did you mean allow?"));
  CHECK(contains(error("customer_id,allow,Denied"), "did you mean deny?"));
  // Real words, and a column beside the one that it is like.
  for (const std::string other : {"key", "all", "any", "day", "content", "function", "consent", "allow2"}) {
    CAPTURE(other);
    CHECK(error("customer_id,allow,deny," + other).empty());
  }
  const Files files;
  const auto reader = open_reader(files.write("a.csv", "note,customer_id,allow,jo@example.com,store\n"), {});
  CHECK(reader->passed_over() == std::vector<std::string>{"\"note\"", "an e-mail address", "\"store\""});
  ReaderOptions options;
  options.store_column = "store";
  CHECK(open_reader(files.path("a.csv"), options)->passed_over().size() == 2);
  CHECK(rehearse(files.path("a.csv"), {}).passed_over.size() == 3);
}

TEST_CASE("a mapping names its columns itself") {
  const std::string text = "Who,analitics\n7,no\n";
  const auto rows =
      rows_of("a.csv", text, by_mapping("customer: {id: Who}\ncategories: {analytics: analitics}\n"));
  CHECK(result_of(rows.at(0)) == "analytics=deny");
}

TEST_CASE("a missing header row does not show the e-mail addresses in its place") {
  const std::string error = file_error("jo@example.com,analytics\n");
  CHECK_FALSE(contains(error, "jo@"));
  CHECK(contains(error, "an e-mail address, \"analytics\""));
}

TEST_CASE("bytes that are no text cost their own row only") {
  using namespace std::string_literals;
  const auto all =
      csv_rows("customer_id,allow,note\n1,analytics,caf\xE9\n2,analytics,a\0b\n3,analytics,\xC3\n"s +
               "4,analytics,\xA9\n5,analytics,\xC3\xA9\n");
  REQUIRE(all.size() == 5);
  CHECK(all[0].problem == "the row is no text: it is not valid UTF-8");
  CHECK(all[0].source == "1,analytics,caf\xEF\xBF\xBD");
  CHECK(all[1].problem == "the row is no text: it holds a NUL byte");
  CHECK_FALSE(all[2].record);
  CHECK_FALSE(all[3].record);
  CHECK(all[4].record);
}

TEST_CASE("halves of a character in two fields do not make one") {
  CHECK_FALSE(csv_rows("customer_id,allow,a,b\n1,analytics,\xC3,\xA9\n").at(0).record);
}

TEST_CASE("a stray quotation mark costs its own line only") {
  const auto all = csv_rows(
      "customer_id,allow,note\n1,analytics,5\" pipe\n2,\"analytics\"x,\n3,analytics,\"a \"b\" "
      "c\"\n4,analytics,ok\n");
  REQUIRE(all.size() == 4);
  CHECK(all[0].problem == "field 3 has a quotation mark in it that is not doubled");
  CHECK(all[0].source == "1,analytics,\"5\"\" pipe\"");
  CHECK(all[1].problem == "field 2 has a quotation mark in it that is not doubled");
  CHECK_FALSE(all[2].record);
  CHECK(all[2].line == 4);
  CHECK(all[3].record);
  CHECK(all[3].line == 5);
}

TEST_CASE("a quotation mark that is never closed stops the file and names its line") {
  CHECK(contains(file_error("customer_id,allow,note\n1,analytics,x\n2,analytics,\"open\n3,analytics,x\n"),
                 "a.csv: line 3: a quotation mark opens a field here and is never closed"));
  CHECK(
      contains(file_error("customer_id,allow,note\n1,\"analytics\n\",\"open\n3,analytics,x\n"), "line 3: "));
  CHECK(contains(file_error("customer_id,allow,note\n1,analytics,\""), "line 2: "));
}

TEST_CASE("rows that a stray quotation mark has swallowed are read for themselves") {
  const std::string header = "customer_id,allow,note\n";
  for (const std::string last : {"5,analytics,\"Al\"", "5,analytics,Al\"", "5,analytics,A\"l\""}) {
    for (const std::string end : {"\n6,analytics,x\n", "\n", ""}) {
      CAPTURE(last);
      CAPTURE(end);
      const auto all =
          csv_rows(header + "1,analytics,x\n2,analytics,\"Bob\n3,,x\n4,analytics,y\n" + last + end);
      REQUIRE(all.size() == (end.size() > 1 ? 6 : 5));
      for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i].line == static_cast<LineNumber>(i) + 2);
      CHECK(contains(all[1].problem, "a quotation mark opens a field here that would go on to line 6"));
      CHECK(all[1].source == "2,analytics,\"\"\"Bob\"");
      CHECK(all[1].customer->value() == 2);
      CHECK(contains(all[2].problem, "it decides nothing"));
      CHECK(all[3].record);
      if (all.size() == 6) CHECK(all[5].record);
    }
  }
}

TEST_CASE("where quotation marks are trusted, lines of a field that look like rows are none") {
  const std::string text =
      "customer_id,allow,note\n1,analytics,\"x\n8,analytics,\n,,\"\n2,analytics,\"y\nq,r,s\"\n3,analytics,\n";
  ReaderOptions options;
  options.trusts_quotes = true;
  const auto all = rows_of("a.csv", text, options);
  REQUIRE(all.size() == 3);
  for (std::size_t i = 0; i < all.size(); ++i) {
    REQUIRE(all[i].record);
    CHECK(all[i].record->customer.value() == static_cast<std::int64_t>(i) + 1);
  }
  CHECK(all[0].source == "1,analytics,\"x\n8,analytics,\n,,\"");
}

TEST_CASE("a field of several lines is one field, also where a line of it has delimiters") {
  const auto all =
      csv_rows("customer_id,allow,note\n1,analytics,\"a, b\nc, d, e\"\n2,analytics,\"a\n\nb\"\n");
  REQUIRE(all.size() == 2);
  CHECK(all[0].record);
  CHECK(all[0].source == "1,analytics,\"a, b\nc, d, e\"");
  CHECK(all[1].record);
}

TEST_CASE("a quotation mark that is closed within a field of a later line stops the file") {
  CHECK(
      contains(file_error("customer_id,allow,note\n2,\"Bob\n3,analytics,x,y\n4,\"Al\",x\n"),
               "a.csv: line 2: a quotation mark opens a field here and is closed in the middle of a field of "
               "line 4"));
}

TEST_CASE("an invalid row says whose it is, for what could not be read may be a denial") {
  const auto all = csv_rows(
      "customer_id,allow,deny,decided_at\n1,analytcs,,\n2,,targeting,soon\n3,analytics\n4,analytics,\xC3,\n"
      "5,\"analytics\"x,,\n6,,,\n,,targeting,\n\xC3,,targeting,\n");
  REQUIRE(all.size() == 8);
  for (std::size_t i = 0; i < 5; ++i) {
    CAPTURE(i);
    CHECK_FALSE(all[i].record);
    REQUIRE(all[i].customer);
    CHECK(all[i].customer->value() == static_cast<std::int64_t>(i) + 1);
  }
  // It is known to say nothing.
  CHECK_FALSE(all[5].customer);
  CHECK_FALSE(all[6].customer);
  CHECK_FALSE(all[7].customer);
}

TEST_CASE("a bad value makes its row invalid and nobody else's") {
  const auto all = csv_rows("customer_id,allow\n1.23E+07,analytics\n2,analytics\n3,marketing\n4,\n");
  REQUIRE(all.size() == 4);
  CHECK(contains(all[0].problem, "customer_id is \"1.23E+07\""));
  CHECK(all[1].record);
  CHECK(contains(all[2].problem, "allow names \"marketing\""));
  CHECK(contains(all[3].problem, "decides nothing"));
}

TEST_CASE("every row has either a record or a problem") {
  for (const Row& row :
       csv_rows("customer_id,allow\n1,analytics\nx,analytics\n1\n\xFF,analytics\n\"a\"b,c\n")) {
    CHECK(row.record.has_value() == row.problem.empty());
  }
}

TEST_CASE("spaces around fields do not matter, and spaces within quotation marks are kept in the source") {
  const auto all = csv_rows("customer_id , allow,note\n 7 , analytics ,\" x \"\n");
  CHECK(all.at(0).record);
  CHECK(all.at(0).source == "7,analytics,\" x \"");
}

TEST_CASE("in a tab-separated file empty fields stay empty fields") {
  const auto all = csv_rows("customer_id\tallow\tdeny\n1\t\tanalytics\n2\tanalytics\t\n\t\t\n");
  REQUIRE(all.size() == 3);
  CHECK(result_of(all[0]) == "analytics=deny");
  CHECK(result_of(all[1]) == "analytics=allow");
  CHECK(all[2].problem == "customer_id is empty");
}
