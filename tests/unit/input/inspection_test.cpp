#include <consent_sync/input/inspection.hpp>

#include <doctest/doctest.h>

#include <algorithm>

#include "column_census.hpp"
#include "files.hpp"

using namespace consent_sync::input;

namespace {

Inspection inspected(const std::string& name, std::string_view content, const ReaderOptions& options = {}) {
  const Files files;
  return inspect(files.write(name, content), options);
}

Rehearsal rehearsed(std::string_view content, const ReaderOptions& options = {}) {
  const Files files;
  return rehearse(files.write("a.csv", content), options);
}

ColumnFacts column(const Inspection& found, const std::string& name) {
  const auto it = std::find_if(found.columns.begin(), found.columns.end(),
                               [&](const ColumnFacts& c) { return c.name == name; });
  REQUIRE(it != found.columns.end());
  return *it;
}

}  // namespace

TEST_CASE("an inspection finds delimiter, encoding, packing and rows") {
  CHECK(inspected("a.csv.gz", gzip("a,b\n1,2\n")).compression == "gzip");
  CHECK(inspected("a.csv", "a,b\n1,2\n").encoding == "UTF-8");
  using namespace std::string_literals;
  const Inspection wide = inspected("a.csv",
                                    "\xFF\xFE"
                                    "a\0;\0b\0\n\0"
                                    "1\0;\0"
                                    "2\0\n\0"s);
  CHECK(wide.encoding == "UTF-16LE");
  CHECK(wide.delimiter == ';');
  CHECK(wide.rows == 1);
  CHECK(wide.format == Format::csv);
}

TEST_CASE("words are counted, the most frequent first; many of them are no words") {
  std::string text = "id,answer\n";
  for (int i = 1; i <= 100; ++i)
    text += std::to_string(1000 + i) + (i % 4 == 0 ? ",nein\n" : i == 7 ? ",\n" : ",ja\n");
  const Inspection found = inspected("a.csv", text);
  const ColumnFacts answer = column(found, "answer");
  REQUIRE(answer.words.size() == 2);
  CHECK(answer.words[0].what == "ja");
  CHECK(answer.words[0].count == 74);
  CHECK(answer.words[1].first_line == 5);
  CHECK(answer.empty == 1);
  CHECK(column(found, "id").has_many_words);
  CHECK(column(found, "id").ids == 100);
}

TEST_CASE("ids that a spreadsheet mangled are told by what is wrong with them") {
  std::string text = "id\n";
  for (int i = 1; i <= 30; ++i) text += std::to_string(1000 + i) + "\n";
  const ColumnFacts id = column(inspected("a.csv", text + "1.2E+07\n00042\n1.3E+07\nabc\n"), "id");
  REQUIRE(id.mangled_ids.size() == 2);
  CHECK(id.mangled_ids[0].count == 2);
  CHECK(id.mangled_ids[0].first_line == 32);
  CHECK(id.mangled_ids[0].what.find("rounded") != std::string::npos);
}

TEST_CASE("e-mail addresses are counted and never kept") {
  const ColumnFacts mail = column(inspected("a.csv", "m\njo@example.com\nflo@example.com\nnone\n"), "m");
  CHECK(mail.emails == 2);
  CHECK(mail.words.size() == 1);
}

TEST_CASE("texts that have an address in them are counted and never kept, nor are names that do") {
  const ColumnFacts contact =
      column(inspected("a.csv", "m\nJo <jo@example.com>\nmailto:jo%40example.com\nnone\n@home\n"), "m");
  CHECK(contact.emails == 0);
  CHECK(contact.texts_with_emails == 2);
  CHECK(contact.words.size() == 2);
  for (const std::string content :
       {"1,jo@example.com,yes\n2,flo@example.com,no\n", "g\n\"jo@example.com:1,flo@example.com:0\"\n",
        "g\n\"{\"\"jo@example.com\"\":true}\"\n", "{\"jo@example.com\":{\"jo@example.com\":1}}\n"}) {
    CAPTURE(content);
    for (const ColumnFacts& each : inspected(content[0] == '{' ? "a.ndjson" : "a.csv", content).columns) {
      CHECK(each.name.find('@') == std::string::npos);
      for (const Finding& word : each.words) CHECK(word.what.find('@') == std::string::npos);
    }
  }
  CHECK(column(inspected("a.ndjson", "{\"@type\":1,\"a\":{\"@id\":2}}\n"), "/a/@id").values == 1);
  CHECK(column(inspected("a.csv", "@timestamp\n1\n"), "@timestamp").values == 1);
}

TEST_CASE("times are told by their formats, also where there are several") {
  CHECK(time_formats_of("2026-01-02T03:04:05Z") == "rfc3339");
  CHECK(time_formats_of("03/04/2024") == "%d/%m/%Y or %m/%d/%Y");
  CHECK(time_formats_of("13/04/2024") == "%d/%m/%Y");
  CHECK(time_formats_of("1742579361") == "epoch_s");
  CHECK(time_formats_of("1742579361192") == "epoch_ms");
  CHECK(time_formats_of("hello world").empty());
  CHECK(time_formats_of("").empty());
  const ColumnFacts mixed =
      column(inspected("a.csv", "t\n2026-01-02T03:04:05Z\n2026-01-02 03:04:05\n2026-01-03 03:04:05\n"), "t");
  REQUIRE(mixed.time_formats.size() == 2);
  CHECK(mixed.time_formats[0].what == "%Y-%m-%d %H:%M:%S");
  CHECK(mixed.time_formats[1].count == 1);
}

TEST_CASE("pairs and JSON within a column are columns of their own") {
  const Inspection found = inspected(
      "a.csv", "g,j\n\"C1:1,C2:0\",\"{\"\"a\"\":{\"\"b\"\":true},\"\"l\"\":[1,2]}\"\n\"C1:1,C2:1\",\n");
  CHECK(column(found, "g: C2").words.size() == 2);
  CHECK(column(found, "j#/a/b").words.at(0).what == "true");
  CHECK(column(found, "j#/l").values == 2);
}

TEST_CASE("members of JSON are columns by their pointers, in lines and in an array") {
  for (const std::string content : {"{\"a\":{\"b/c\":1},\"l\":[{\"x\":1}]}\n{\"a\":null}\n",
                                    "[{\"a\":{\"b/c\":1},\"l\":[{\"x\":1}]},{\"a\":null}]"}) {
    const Inspection found = inspected("a.json", content);
    CHECK(found.format == Format::ndjson);
    CHECK(found.rows == 2);
    CHECK(column(found, "/a/b~1c").values == 1);
    CHECK(column(found, "/l/*/x").values == 1);
    CHECK(column(found, "/a").empty == 1);
  }
}

TEST_CASE("rows that cannot be taken apart are counted by the reason") {
  const Inspection found = inspected("a.csv", "a,b\n1,2\n1\n1,\"x\"y\n1,caf\xE9\n1\n");
  CHECK(found.rows == 5);
  REQUIRE(found.damage.size() == 3);
  CHECK(found.damage[0].count == 2);
  CHECK(found.damage[0].first_line == 3);
  CHECK(found.suggests_windows_1252);
  const Inspection json = inspected("a.ndjson", "{\"a\":1}\n{\"a\":1,\"a\":2}\n{\"a\"\n");
  CHECK(json.damage.size() == 2);
}

TEST_CASE("presets that know the columns are proposed; the canonical form needs none") {
  CHECK(inspected("a.csv", "customer_id,Necessary,preferences,statistics,marketing\n").proposals ==
        std::vector<std::string>{"cookiebot"});
  CHECK(inspected("a.ndjson",
                  "{\"userId\":\"1\",\"context\":{\"consent\":{\"categoryPreferences\":{\"a\":true}}}}\n")
            .proposals == std::vector<std::string>{"segment"});
  CHECK(inspected("a.csv", "id,consent_string\n1,COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA\n")
            .proposals == std::vector<std::string>{"tcf"});
  CHECK(inspected("a.csv", "customer_id,allow\n1,analytics\n").is_canonical);
  CHECK_FALSE(inspected("a.csv", "customer,allow\n1,analytics\n").is_canonical);
  CHECK(inspected("a.ndjson", "{\"customer_id\":1,\"consent\":{\"analytics\":true}}\n").is_canonical);
}

TEST_CASE("what needs no mapping is what is understood without one") {
  for (const std::string content :
       {"customer_id,allow\n", "Customer_ID;Analytics\n1;yes\n",
        "customer_id,allow\n1,analytics\n2,cookies\n", "{\"Customer_ID\":1,\"ALLOW\":[\"analytics\"]}\n"}) {
    CAPTURE(content);
    CHECK(inspected(content[0] == '{' ? "a.ndjson" : "a.csv", content).is_canonical);
  }
  for (const std::string content :
       {"customer_id,allow\n1,yes\n2,no\n", "customer_id,analytics\n1,ja\n2,nein\n3,\n4,ja\n",
        "customer_id,allow\njo@example.com,analytics\n", "customer_id,allow,analytics\n1,analytics,no\n",
        "customer_id,customer_id,allow\n1,1,analytics\n", "customer_id,allow/x\n1,analytics\n",
        "customer_id,analytics,decided_at\n1,yes,2026-01-02 03:04:05\n",
        "{\"customer_id\":{\"id\":1},\"allow\":[\"analytics\"]}\n",
        "{\"customer_id\":1,\"consent\":\"yes\"}\n", "{\"customer_id\":1,\"consent\":{\"stats\":true}}\n",
        "{\"customer_id\":1,\"analytics\":true}\n", "{\"customer_id\":1,\"allow\":[]}\n",
        "{\"customer_id\":\"jo@example.com\",\"allow\":[\"analytics\"]}\n"}) {
    CAPTURE(content);
    CHECK_FALSE(inspected(content[0] == '{' ? "a.ndjson" : "a.csv", content).is_canonical);
  }
}

TEST_CASE("a rehearsal counts what is understood, and why the rest is not") {
  const Rehearsal result = rehearsed(
      "customer_id,allow\n1,analytics\n1,targeting\n2,analytics\n2,analytics\n1.2E+07,x\n1.3E+07,x\n9,"
      "cookies\n");
  CHECK(result.rows == 7);
  CHECK(result.understood == 4);
  REQUIRE(result.problems.size() == 2);
  CHECK(result.problems[0].count == 2);
  CHECK(result.problems[0].what.starts_with("customer_id: a spreadsheet has rounded it"));
  CHECK(result.customers == 2);
  CHECK(result.with_several_rows == 2);
  CHECK(result.with_different_choices == 1);
  CHECK(result.sampled == 1);
}

TEST_CASE("of more customers than can be remembered a sample is looked at") {
  std::string text = "customer_id,allow\n";
  for (int i = 1; i <= 200000; ++i) text += std::to_string(i) + ",analytics\n";
  for (int i = 1; i <= 200000; i += 2) text += std::to_string(i) + ",targeting\n";
  const Rehearsal result = rehearsed(text);
  CHECK(result.sampled >= 4);
  CHECK(result.customers <= 65536);
  const double share =
      static_cast<double>(result.with_different_choices) / static_cast<double>(result.customers);
  CHECK(share > 0.45);
  CHECK(share < 0.55);
}

TEST_CASE("standard input is not inspected") {
  CHECK_THROWS_AS(inspect("-", {}), FileError);
}
