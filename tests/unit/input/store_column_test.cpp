#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <consent_sync/input/store_column.hpp>

#include "files.hpp"

using namespace consent_sync;
using namespace consent_sync::input;

namespace {

using Lines = std::vector<consent::LineNumber>;

Lines lines_of(const std::string& path, const std::string& column, const std::string& store,
               std::uint64_t* of_others = nullptr) {
  const auto reader = rows_of_store(open_reader(path, {}), column, store, path);
  Lines lines;
  for (const Row& row : read_all(*reader)) lines.push_back(row.line);
  CHECK(reader->fingerprint().rows == lines.size());
  if (of_others) *of_others = reader->fingerprint().rows_of_others;
  return lines;
}

StoreCensus census_of(const std::string& path, const std::string& column,
                      const std::vector<std::string>& known) {
  const auto reader = open_reader(path, {});
  return count_stores(*reader, column, known, path);
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

TEST_CASE("a row that cannot be used is its store's to mend") {
  const Files files;
  const std::string path = files.write("all.csv",
                                       "store,customer_id,allow,deny\n"
                                       "abc,nobody,essential,\n"
                                       "abc,1\n"
                                       "def,1,essential,\n");
  const auto reader = rows_of_store(open_reader(path, {}), "store", "abc", path);
  const std::vector<Row> rows = read_all(*reader);
  REQUIRE(rows.size() == 2);
  CHECK_FALSE(rows[0].problem.empty());
  CHECK_FALSE(rows[1].problem.empty());
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
  CHECK(lines_of(path, "shop", "abc") == Lines{1});
  CHECK(lines_of(path, "/meta/shop", "abc") == Lines{2});
  const StoreCensus census = census_of(path, "shop", {"abc"});
  CHECK(census.rows == std::map<std::string, std::uint64_t>{{"abc", 1}, {"def", 1}, {"", 2}});
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
