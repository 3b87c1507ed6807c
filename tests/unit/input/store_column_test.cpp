#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <consent_sync/input/store_column.hpp>

#include "files.hpp"

using namespace consent_sync;
using namespace consent_sync::input;

namespace {

using Lines = std::vector<consent::LineNumber>;

std::unique_ptr<Reader> open_all(const std::string& path, const std::string& column) {
  ReaderOptions options;
  options.store_column = column;
  return open_reader(path, options);
}

std::vector<Row> rows_of_one(const std::string& path, const std::string& column, const std::string& store) {
  return read_all(*rows_of_store(open_all(path, column), store));
}

Lines lines_of(const std::string& path, const std::string& column, const std::string& store,
               std::uint64_t* of_others = nullptr) {
  const auto reader = rows_of_store(open_all(path, column), store);
  Lines lines;
  for (const Row& row : read_all(*reader)) lines.push_back(row.line);
  CHECK(reader->fingerprint().rows == lines.size());
  if (of_others) *of_others = reader->fingerprint().rows_of_others;
  return lines;
}

StoreCensus census_of(const std::string& path, const std::string& column,
                      const std::vector<std::string>& known) {
  return count_stores(*open_all(path, column), known);
}

/// Invalid, since its store is not certain, and known to be this customer's.
bool is_held_back_by(const Row& row, std::int64_t customer) {
  return !row.record && row.customer && row.customer->value() == customer &&
         row.problem.find("; which store it is of is not told, so every store has this row") !=
             std::string::npos;
}

}  // namespace

TEST_CASE("a store's rows of a CSV keep their lines, and those of others are counted") {
  const Files files;
  const std::string path = files.write("all.csv",
                                       "customer_id,allow,deny,Store_Hash\n"
                                       "1,essential,,abc\n"
                                       "2,essential,,def\n"
                                       "3,\"essential,analytics\",, abc \n"
                                       "4,essential,,\"abc\"\n"
                                       "5,essential,,\n"
                                       "6,essential,,ABC\n");
  std::uint64_t of_others = 0;
  CHECK(lines_of(path, "store_hash", "abc", &of_others) == Lines{2, 4, 5});
  CHECK(of_others == 3);
  CHECK(lines_of(path, "STORE_HASH", "def") == Lines{3});
  CHECK(lines_of(path, "store_hash", "none").empty());
}

TEST_CASE("any delimiter, and a column before a quoted field that holds one") {
  const Files files;
  const std::string path = files.write("all.csv",
                                       "note;store;customer_id;allow;deny\n"
                                       "\"a;b, \"\"c\"\"\nd\";abc;1;essential;\n"
                                       "x;def;2;essential;\n");
  CHECK(lines_of(path, "store", "abc") == Lines{2});
  CHECK(lines_of(path, "store", "def") == Lines{4});
}

TEST_CASE("a row that is invalid for what it says is its store's to mend") {
  const Files files;
  const std::string path = files.write("all.csv",
                                       "store,customer_id,allow,deny\n"
                                       "abc,nobody,essential,\n"
                                       "abc,1,essental,\n"
                                       "def,1,essential,\n");
  CHECK(lines_of(path, "store", "abc") == Lines{2, 3});
  CHECK(lines_of(path, "store", "def") == Lines{4});
}

TEST_CASE("a row of a CSV that cannot be taken apart is every store's, and holds its customer back in each") {
  const Files files;
  for (const std::string damaged : {
           "7,,analytics,one, two,abc",     // a comma moves the store
           "7,,analytics,one, two,,abc",    //
           "7,,analytics",                  // there is none
           "7,,analytics,\"one\" two,abc",  // a field does not end where it should
           "7,,analytics,one,\xE4"
           "bc",                // the store is no text
           "7,,analytcs,one,",  // invalid, and names none
       }) {
    CAPTURE(damaged);
    const std::string path = files.write("all.csv",
                                         "customer_id,allow,deny,note,store\n"
                                         "7,analytics,,,abc\n" +
                                             damaged + "\n7,analytics,,,def\n");
    CHECK(lines_of(path, "store", "abc") == Lines{2, 3});
    CHECK(lines_of(path, "store", "def") == Lines{3, 4});
    CHECK(is_held_back_by(rows_of_one(path, "store", "abc").at(1), 7));
    CHECK(is_held_back_by(rows_of_one(path, "store", "def").at(0), 7));
    const StoreCensus census = census_of(path, "store", {"abc", "def"});
    CHECK(census.rows == std::map<std::string, std::uint64_t>{{"abc", 1}, {"def", 1}});
    CHECK(census.of_any == 1);
  }
}

TEST_CASE("a row by e-mail that cannot be taken apart holds the address back in every store") {
  const Files files;
  const std::string path = files.write("all.csv",
                                       "mail,analytics,store\n"
                                       "a@example.com,yes,abc\n"
                                       "a@example.com,no,oh,abc\n");
  ReaderOptions options = by_mapping("customer: {email: mail}\ncategories: {analytics: analytics}");
  options.store_column = "store";
  for (const std::string store : {"abc", "def"}) {
    const std::vector<Row> rows = read_all(*rows_of_store(open_reader(path, options), store));
    REQUIRE_FALSE(rows.empty());
    CHECK(rows.back().line == 3);
    CHECK(rows.back().email == "a@example.com");
    CHECK_FALSE(rows.back().by_email);
  }
}

TEST_CASE("bytes that are no text do not hide the store beside them") {
  const Files files;
  const std::string csv = "customer_id,allow,note,store\n1,analytics,Ren\xE9,abc\n2,analytics,,def\n";
  const std::string json = R"({"customer_id":1,"allow":["analytics"],"note":"Ren)"
                           "\xE9"
                           R"(","store":"abc"})";
  for (const std::string& path :
       {files.write("a.csv", csv), files.write("a.ndjson", json), files.write("a.json", "[" + json + "]")}) {
    CAPTURE(path);
    const std::vector<Row> rows = rows_of_one(path, "store", "abc");
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].problem.find("not valid UTF-8") != std::string::npos);
    CHECK(rows[0].problem.find("store") == std::string::npos);
    CHECK(lines_of(path, "store", "other").empty());
  }
}

TEST_CASE("a delimiter at a row's end may be one too many further up, where the store moves with it") {
  const Files files;
  const auto lines = [&](const std::string& text) {
    return lines_of(files.write("all.csv", text), "store", "abc");
  };
  const std::string header = "customer_id,allow,note,store,more\n";
  // Which of the two: "one, two" in an open note, or a delimiter behind the row?
  const std::string path = files.write("open.csv", header + "7,analytics,one, two,abc,\n");
  CHECK(is_held_back_by(rows_of_one(path, "store", "abc").at(0), 7));
  CHECK(lines_of(path, "store", "two") == Lines{2});
  CHECK(lines(header + "7,analytics,one,abc,,\n").size() == 1);
  // The header row ends with one.
  CHECK(lines("customer_id,allow,store,more,\n7,analytics,abc,x,\n7,analytics,def,x,\n") == Lines{2});
  CHECK(lines("customer_id,allow,store,more,\n7,analytics,abc,x\n7,analytics,def,x\n") == Lines{2});
  CHECK(lines("customer_id,allow,store,more,\n7,analytics,def,\n") == Lines{2});
}

TEST_CASE("of NDJSON a member or a JSON Pointer") {
  const Files files;
  const std::string path = files.write(
      "all.ndjson", R"({"customer_id":1,"allow":["essential"],"shop":"abc","meta":{"shop":"x"}})"
                    "\n"
                    R"({"customer_id":2,"allow":["essential"],"shop":"def","meta":{"shop":"abc"}})"
                    "\n{broken\n"
                    R"({"customer_id":3,"allow":["essential"],"shop":7})"
                    "\n");
  CHECK(lines_of(path, "shop", "abc") == Lines{1, 3});
  CHECK(lines_of(path, "/meta/shop", "abc") == Lines{2, 3});
  const StoreCensus census = census_of(path, "shop", {"abc"});
  CHECK(census.rows == std::map<std::string, std::uint64_t>{{"abc", 1}, {"def", 1}, {"", 1}});
  CHECK(census.of_any == 1);
}

TEST_CASE("of JSON what is no object, or not for sure of one store, is every store's") {
  const Files files;
  const std::string too_long =
      R"({"customer_id":7,"store":"abc","note":")" + std::string(1024 * 1024, 'x') + "\"}";
  for (const std::string& damaged : {
           std::string(R"({"customer_id":7,"deny":["analytics"],"store":"abc")"),
           std::string(R"([{"customer_id":7,"deny":["analytics"],"store":"abc"}])"),
           std::string(R"({"customer_id":7,"deny":["analytics"],"store":"abc"} {})"),
           std::string("{\"customer_id\":7,\"deny\":[\"analytics\"],\"store\":\"\xE4"
                       "bc\"}"),
           std::string("{\"customer_id\":7,\xE4\"deny\":[\"analytics\"],\"store\":\"abc\"}"),
           std::string(R"({"source":"{\"customer_id\":7","reason":"of an earlier run"})"),
           too_long,
       }) {
    CAPTURE(damaged.substr(0, 100));
    const std::string path =
        files.write("all.ndjson", R"({"customer_id":7,"allow":["analytics"],"store":"abc"})"
                                  "\n" +
                                      damaged + "\n");
    CHECK(lines_of(path, "store", "abc") == Lines{1, 2});
    CHECK(lines_of(path, "store", "def") == Lines{2});
    CHECK_FALSE(rows_of_one(path, "store", "def").at(0).record);
    CHECK(census_of(path, "store", {"abc"}).of_any == 1);
  }
}

TEST_CASE("of JSON a row with two stores is no choice, and holds its customer back in every store") {
  const Files files;
  for (const std::string twice :
       {R"("at":{"store":"abc"},"at":{"store":"def"})", R"("at":{"store":"abc","x":1,"store":"def"})"}) {
    CAPTURE(twice);
    const std::string path =
        files.write("all.ndjson", R"({"customer_id":7,"allow":["analytics"],)" + twice + "}\n");
    for (const std::string store : {"abc", "def", "ghi"}) {
      const std::vector<Row> rows = rows_of_one(path, "/at/store", store);
      REQUIRE(rows.size() == 1);
      CHECK(is_held_back_by(rows[0], 7));
    }
  }
  // What is twice elsewhere says nothing of the store.
  const std::string path =
      files.write("other.ndjson", R"({"customer_id":7,"allow":["analytics"],"x":1,"x":2,"store":"abc"})"
                                  "\n");
  CHECK(rows_of_one(path, "store", "abc").at(0).record);
  CHECK(rows_of_one(path, "store", "def").empty());
}

TEST_CASE("an element of an array that is too long is every store's") {
  const Files files;
  const std::string path =
      files.write("all.json", R"([{"customer_id":7,"allow":["analytics"],"store":"abc","note":")" +
                                  std::string(1024 * 1024, 'x') +
                                  R"("},{"customer_id":8,"allow":["analytics"],"store":"abc"}])");
  CHECK(rows_of_one(path, "store", "abc").size() == 2);
  CHECK(rows_of_one(path, "store", "def").size() == 1);
}

TEST_CASE("a JSON Pointer leads through arrays and odd keys") {
  const Files files;
  const std::string path =
      files.write("all.ndjson", R"({"customer_id":1,"allow":["essential"],"x":[{"a/b~c":"abc"},7]})"
                                "\n");
  CHECK(lines_of(path, "/x/0/a~1b~0c", "abc") == Lines{1});
  for (const std::string elsewhere : {"/x/1/a", "/x/2", "/x/0/a~1b", "/x/0", "a/b~c"}) {
    CAPTURE(elsewhere);
    CHECK(lines_of(path, elsewhere, "abc").empty());
    CHECK(census_of(path, elsewhere, {}).rows.at("") == 1);
  }
  CHECK(lines_of(files.write("b.ndjson", R"({"customer_id":1,"allow":["essential"],"a/b~c":"abc"})"
                                         "\n"),
                 "a/b~c", "abc") == Lines{1});
}

TEST_CASE("rows made by several threads tell their stores, too") {
  const Files files;
  std::string text;
  for (int i = 1; i <= 40'000; ++i) {
    text += R"({"customer_id":)" + std::to_string(i) + R"(,"allow":["essential"],"store":")" +
            (i % 2 == 0 ? "abc" : "def") + (i % 1000 == 0 ? "\"\n" : "\"}\n");
  }
  const std::string path = files.write("long.ndjson", text);
  CHECK(lines_of(path, "store", "abc").size() == 20'000);
  CHECK(lines_of(path, "store", "def").size() == 20'040);
  CHECK(census_of(path, "store", {"abc", "def"}).of_any == 40);
}

TEST_CASE("a column that is not there, or twice, is the file's mistake") {
  const Files files;
  const std::string path = files.write("all.csv", "customer_id,allow,deny,x,x\n1,essential,,a,a\n");
  CHECK_THROWS_WITH_AS(
      lines_of(path, "store", "abc"),
      (path + ": the header row has the column \"store\" nowhere, which input.store_column names").c_str(),
      FileError);
  CHECK_THROWS_WITH_AS(
      lines_of(path, "x", "abc"),
      (path + ": the header row has the column \"x\" twice, which input.store_column names").c_str(),
      FileError);
}

TEST_CASE("together the stores and the census account for each row") {
  const Files files;
  std::string text = "customer_id,allow,deny,store\n";
  const std::vector<std::string> names{"abc", "def", "ghi", "", "xyz"};
  constexpr std::uint64_t count = 20'000;  // several batches
  for (std::uint64_t i = 0; i < count; ++i) {
    text += std::to_string(i + 1) + ",essential,," + names[i * i % names.size()] + "\n";
  }
  const std::string path = files.write("all.csv", text);
  const StoreCensus census = census_of(path, "store", {"abc", "def", "ghi"});
  std::uint64_t together = census.unlisted;
  for (const auto& [store, rows] : census.rows) together += rows;
  CHECK(together == count);
  for (const std::string store : {"abc", "def", "ghi"}) {
    CHECK(lines_of(path, "store", store).size() == census.rows.at(store));
  }
}

TEST_CASE("names that are no stores' are not kept without end; known ones always are") {
  const Files files;
  std::string text = "customer_id,allow,deny,store\n";
  for (int i = 1; i <= 5000; ++i) text += "1,essential,,s" + std::to_string(i) + "\n";
  text += "1,essential,,known\n";
  const StoreCensus census = census_of(files.write("all.csv", text), "store", {"known"});
  CHECK(census.rows.at("known") == 1);
  CHECK(census.rows.size() == 1001);
  CHECK(census.unlisted == 4000);
}

TEST_CASE("a row tells its store though less is kept of it than that lies behind") {
  const Files files;
  const std::string long_note(60 * 1024, 'x');
  const std::string csv =
      "customer_id,allow,note,more,store\n1,analytics," + long_note + "," + long_note + ",abc\n";
  const std::string json = R"({"customer_id":1,"allow":["analytics"],"note":")" + long_note + long_note +
                           R"(","store":"abc"})"
                           "\n";
  for (const std::string& path :
       {files.write("a.csv", csv), files.write("a.ndjson", json), files.write("a.json", "[" + json + "]")}) {
    CAPTURE(path);
    const std::vector<Row> rows = rows_of_one(path, "store", "abc");
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].record);
    CHECK(rows[0].is_shortened);
    CHECK(rows_of_one(path, "store", "def").empty());
  }
}

TEST_CASE("a field that is too long does not hide its row's store") {
  const Files files;
  const std::string path = files.write(
      "all.csv", "customer_id,allow,note,store\n1,analytics," + std::string(70'000, 'x') + ",abc\n");
  CHECK(lines_of(path, "store", "abc") == Lines{2});
  CHECK(lines_of(path, "store", "def").empty());
}
