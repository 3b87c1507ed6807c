#include "record_builder.hpp"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

using namespace consent_sync;
using namespace consent_sync::input;
using consent::Category;
using consent::Decision;

namespace {

Row row_of_lists(std::string_view allow, std::string_view deny) {
  RecordBuilder builder;
  builder.customer_id("7");
  builder.list(Decision::allow, allow);
  builder.list(Decision::deny, deny);
  Row row;
  builder.finish(row);
  return row;
}

Row row_of_column(std::string_view word) {
  RecordBuilder builder;
  builder.customer_id("7");
  builder.column(Category::targeting, word);
  Row row;
  builder.finish(row);
  return row;
}

Row row_decided_at(std::string_view text) {
  RecordBuilder builder;
  builder.customer_id("7");
  builder.decide(Category::analytics, Decision::deny);
  builder.decided_at(text);
  Row row;
  builder.finish(row);
  return row;
}

}  // namespace

TEST_CASE("every choice reads back from lists with any separator") {
  for (unsigned code = 1; code < 256; ++code) {
    const auto choice = consent::Choice::from_code(code);
    if (!choice) continue;
    for (const std::string separator : {"|", ";", ",", " ", ", ", " | "}) {
      std::string allow;
      std::string deny;
      for (const Category category : consent::all_categories) {
        if (choice->of(category) == Decision::allow) allow += std::string(to_string(category)) + separator;
        if (choice->of(category) == Decision::deny) deny += std::string(to_string(category)) + separator;
      }
      const Row row = row_of_lists(allow, deny);
      CAPTURE(code);
      REQUIRE(row.record);
      CHECK(row.record->choice == *choice);
      CHECK(row.problem.empty());
    }
  }
}

TEST_CASE("category names may be in any case, and may repeat within a list") {
  CHECK(row_of_lists("Analytics ANALYTICS", "").record->choice.of(Category::analytics) == Decision::allow);
}

TEST_CASE("a word that is no category is named") {
  const std::string expected =
      "allow names \"marketing\"; the categories are essential, functional, analytics and targeting";
  CHECK(row_of_lists("analytics|marketing", "").problem == expected);
  CHECK(row_of_lists("", "all").problem.starts_with("deny names \"all\""));
  CHECK(row_of_lists("jo@example.com", "").problem.starts_with("allow names an e-mail address;"));
}

TEST_CASE("a category that is both allowed and denied makes the row invalid") {
  CHECK(row_of_lists("analytics", "targeting analytics").problem == "analytics is both allowed and denied");
}

TEST_CASE("a row that decides nothing is invalid") {
  CHECK(row_of_lists("", " | ").problem == "it decides nothing: no category is allowed or denied");
  CHECK(row_of_column("").problem == "it decides nothing: no category is allowed or denied");
}

TEST_CASE("a category column takes the usual words in any case") {
  for (const char* word : {"yes", "true", "1", "allow", "granted", "YES", "True", " Granted "}) {
    CAPTURE(word);
    CHECK(row_of_column(word).record->choice.of(Category::targeting) == Decision::allow);
  }
  for (const char* word : {"no", "false", "0", "deny", "denied", "NO", "False", "\tDenied"}) {
    CAPTURE(word);
    CHECK(row_of_column(word).record->choice.of(Category::targeting) == Decision::deny);
  }
}

TEST_CASE("any other word in a category column is named with its column") {
  CHECK(row_of_column("maybe").problem == "targeting is \"maybe\"; write yes or no, or leave it empty");
  CHECK(row_of_column("jo@example.com").problem.starts_with("targeting is an e-mail address;"));
  for (const char* word : {"y", "n", "2", "10", "yes no", "null", "on", "-"}) {
    CAPTURE(word);
    CHECK_FALSE(row_of_column(word).record);
  }
}

TEST_CASE("decided_at is RFC 3339 or empty") {
  CHECK(row_decided_at("2026-11-24T05:00:00Z").record->decided_at ==
        consent::parse_rfc3339("2026-11-24T05:00:00Z"));
  CHECK(row_decided_at(" 2026-11-24 05:00:00+01:00 ").record->decided_at);
  CHECK_FALSE(row_decided_at("").record->decided_at);
  CHECK(row_decided_at("24.11.2026")
            .problem.starts_with("decided_at is \"24.11.2026\"; write a date and time"));
  CHECK_FALSE(row_decided_at("2026-11-24T05:00:00").record);
}

TEST_CASE("a time at which nobody has chosen is no time") {
  for (const char* time : {"1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"}) {
    CHECK(row_decided_at(time).problem ==
          "decided_at is \"" + std::string(time) + "\": no one has chosen then");
  }
}

TEST_CASE("the first problem counts, and a builder starts anew after each row") {
  RecordBuilder builder;
  Row row;
  builder.customer_id("x");
  builder.list(Decision::allow, "y");
  builder.finish(row);
  CHECK(row.problem.starts_with("customer_id is \"x\""));
  builder.list(Decision::allow, "analytics");
  builder.finish(row);
  CHECK(row.problem == "customer_id is missing");
  builder.customer_id("5");
  builder.list(Decision::allow, "analytics");
  builder.finish(row);
  CHECK(row.problem.empty());
  REQUIRE(row.record);
  CHECK(row.record->customer.value() == 5);
}
