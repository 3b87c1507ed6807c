#include <doctest/doctest.h>

#include <fmt/format.h>

#include <consent_sync/input/reader.hpp>

#include "files.hpp"

using namespace consent_sync;
using namespace consent_sync::input;

namespace {

/// Rows that have said all that a row can say.
std::vector<Row> used_rows(std::size_t count) {
  std::vector<Row> rows(count);
  for (Row& row : rows) {
    row.line = 7;
    row.by_email = RecordByEmail{"somebody@example.com", {}, {}, 3};
    row.problem = "another row's problem";
    row.source = "another row";
    row.customer = consent::CustomerId::from(7);
    row.email = "another@example.com";
    row.store = "another";
  }
  return rows;
}

void check_rows(const std::string& path) {
  const auto reader = open_reader(path, {});
  std::vector<Row> rows = used_rows(5);
  REQUIRE(reader->read(rows));
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].record);
  CHECK(rows[0].problem.empty());
  CHECK_FALSE(rows[1].record);
  CHECK(rows[1].problem.find("x1") != std::string::npos);
  for (const Row& row : rows) {
    CHECK_FALSE(row.by_email);
    CHECK_FALSE(row.customer);
    CHECK(row.email.empty());
    CHECK_FALSE(row.store);
    CHECK(row.source.find("another") == std::string::npos);
  }
  CHECK_FALSE(reader->read(rows));
  CHECK(rows.empty());
}

}  // namespace

TEST_CASE("rows that are read into again keep nothing of what they said") {
  const Files files;
  check_rows(files.write("in.csv", "customer_id,allow,deny\n1,essential,\nx1,essential,\n"));
  check_rows(files.write("in.ndjson", R"({"customer_id":1,"allow":["essential"]})"
                                      "\n"
                                      R"({"customer_id":"x1","allow":["essential"]})"
                                      "\n"));
}

TEST_CASE("rows of a long input that are read into again keep nothing of what they said") {
  const Files files;
  constexpr int count = 40'000;
  std::string text;
  for (int i = 1; i <= count; ++i) {
    text += i % 3 == 0 ? fmt::format("{{\"customer_id\":\"x{}\",\"allow\":[\"essential\"]}}\n", i)
                       : fmt::format("{{\"customer_id\":{},\"allow\":[\"essential\"]}}\n", i);
  }
  const auto reader = open_reader(files.write("long.ndjson", text), {});
  int line = 0;
  for (std::vector<Row> rows = used_rows(9000); reader->read(rows);) {
    for (const Row& row : rows) {
      ++line;
      REQUIRE(row.line == line);
      REQUIRE(row.record.has_value() == (line % 3 != 0));
      REQUIRE(row.problem.empty() == (line % 3 != 0));
      REQUIRE_FALSE(row.by_email);
    }
  }
  CHECK(line == count);
}
