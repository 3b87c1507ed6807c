#include <doctest/doctest.h>

#include "contains.hpp"
#include "files.hpp"

using namespace consent_sync;
using namespace consent_sync::input;
using consent_sync::test::contains;

namespace {

std::vector<Row> ndjson_rows(const std::string& yaml, std::string_view content) {
  return rows_of("a.ndjson", content, by_mapping(yaml));
}

std::string ndjson_result(const std::string& yaml, std::string_view content) {
  return result_of(ndjson_rows(yaml, content).at(0));
}

const std::string nested =
    "customer: {id: /user/id}\ndecided_at: /at\ndecisions: {object: /context/consent}\n"
    "categories: {analytics: A, targeting: T}\nabsent: deny\n";

}  // namespace

TEST_CASE("nested JSON is found by JSON Pointers") {
  const auto all =
      ndjson_rows(nested,
                  "{\"user\":{\"id\":9007199254740993},\"at\":\"2026-01-02T03:04:05Z\",\"context\":{"
                  "\"consent\":{\"A\":true}}}\n");
  CHECK(all.at(0).record->customer.value() == 9007199254740993);
  CHECK(all.at(0).record->decided_at);
  CHECK(result_of(all.at(0)) == "analytics=allow targeting=deny");
}

TEST_CASE("what is absent is denied only where the object is there at all") {
  CHECK(ndjson_result(nested, "{\"user\":{\"id\":7},\"context\":{\"consent\":{}}}") ==
        "analytics=deny targeting=deny");
  CHECK(contains(ndjson_result(nested, "{\"user\":{\"id\":7},\"context\":{}}"), "missing or empty"));
  CHECK(contains(ndjson_result(nested, "{\"user\":{\"id\":7},\"context\":{\"consent\":null}}"),
                 "missing or empty"));
  CHECK(contains(ndjson_result(nested, "{\"user\":{\"id\":7},\"context\":null}"), "missing or empty"));
}

TEST_CASE("numbers, booleans, null and strings are values; objects are not") {
  const std::string yaml =
      "customer: {id: c}\nvalues: {allow: ['1', 'true'], deny: ['0', 'false'], unspecified: "
      "['-1']}\ncategories: {analytics: a, targeting: b/c}\n";
  CHECK(ndjson_result(yaml, "{\"c\":\"7\",\"a\":1,\"b/c\":false}") == "analytics=allow targeting=deny");
  CHECK(ndjson_result(yaml, "{\"c\":7,\"a\":null,\"b/c\":\"TRUE\"}") == "targeting=allow");
  CHECK(ndjson_result(yaml, "{\"c\":7,\"a\":-1,\"b/c\":0}") == "targeting=deny");
  CHECK(contains(ndjson_result(yaml, "{\"c\":7,\"a\":1.0,\"b/c\":0}"), "\"a\" is \"1.0\""));
  CHECK(contains(ndjson_result(yaml, "{\"c\":7,\"a\":{}}"), "\"a\" is not a value"));
  CHECK(contains(ndjson_result(yaml, "{\"c\":42.0,\"a\":1}"), "decimal point"));
  CHECK(contains(ndjson_result(yaml, "{\"c\":1e3,\"a\":1}"), "decimal point"));
  CHECK(contains(ndjson_result(yaml, "{\"c\":null,\"a\":1}"), "c is empty"));
  CHECK(contains(ndjson_result(yaml, "{\"a\":1}"), "\"c\" is missing"));
}

TEST_CASE("entries of an array, and lists, are read") {
  const std::string entries =
      "customer: {id: /id}\ndecisions: {entries: {in: /purposes, category: id, value: enabled}}\ncategories: "
      "{analytics: A, targeting: T}\nignored: [X]\n";
  CHECK(ndjson_result(
            entries,
            "{\"id\":7,\"purposes\":[{\"id\":\"T\",\"enabled\":false},{\"id\":\"A\",\"enabled\":true},{"
            "\"id\":\"X\",\"enabled\":5}]}") == "analytics=allow targeting=deny");
  CHECK(contains(
      ndjson_result(
          entries,
          "{\"id\":7,\"purposes\":[{\"id\":\"T\",\"enabled\":false},{\"id\":\"T\",\"enabled\":true}]}"),
      "two things"));
  CHECK(contains(ndjson_result(entries, "{\"id\":7,\"purposes\":[{\"enabled\":false}]}"), "has no category"));
  CHECK(contains(ndjson_result(entries, "{\"id\":7,\"purposes\":[]}"), "decides nothing"));
  const std::string lists =
      "customer: {id: /id}\ndecisions: {lists: {allow: /p/enabled, deny: /p/disabled}}\ncategories: "
      "{analytics: A, targeting: T}\n";
  CHECK(ndjson_result(lists, "{\"id\":7,\"p\":{\"enabled\":[\"A\"],\"disabled\":[\"T\"]}}") ==
        "analytics=allow targeting=deny");
  CHECK(contains(ndjson_result(lists, "{\"id\":7,\"p\":{\"enabled\":null,\"disabled\":null}}"),
                 "missing or empty"));
  CHECK(contains(ndjson_result(lists, "{\"id\":7,\"p\":{\"enabled\":[[\"A\"]]}}"), "more than their names"));
}

TEST_CASE("a key that stands twice in any object makes the row invalid") {
  CHECK(
      contains(ndjson_result(nested, "{\"user\":{\"id\":7,\"id\":8},\"context\":{\"consent\":{\"A\":true}}}"),
               "a key twice"));
  CHECK(contains(
      ndjson_result(nested,
                    "{\"x\":[{\"a\":1,\"a\":2}],\"user\":{\"id\":7},\"context\":{\"consent\":{\"A\":true}}}"),
      "a key twice"));
}

TEST_CASE("lines that are no object, broken or too deep cost themselves only") {
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "{\"a\":";
  const auto all =
      ndjson_rows(nested, "17\n{\"user\":{\"id\":7},\n" + deep +
                              "\n{\"user\":{\"id\":7},\"context\":{\"consent\":{\"A\":false}}} "
                              "x\n{\"user\":{\"id\":7},\"context\":{\"consent\":{\"A\":false}}}\n");
  REQUIRE(all.size() == 5);
  for (std::size_t i = 0; i < 4; ++i) CHECK_FALSE(all[i].record);
  CHECK(all[4].record);
}

TEST_CASE("a line that cannot be read says whose it is, where the mapping has it") {
  const std::string bad =
      "{\"id\":8,\"user\":{\"x\":[{}],\"id\":7},\"mail\":\"Jo@example.com\",\"x\":\"caf\xE9\"";
  for (const std::string end : {"}", "", ",}", "} x"}) {
    CAPTURE(end);
    const Row by_id = ndjson_rows(nested, bad + end).at(0);
    REQUIRE(by_id.customer);
    CHECK(by_id.customer->value() == 7);
    const Row by_email =
        ndjson_rows("customer: {email: mail}\ncategories: {analytics: stats}\n", bad + end).at(0);
    CHECK(by_email.email == "jo@example.com");
  }
}

TEST_CASE("what is wrong with a line is said in plain words, by a mapping too") {
  CHECK(contains(ndjson_rows(nested, "{}\n[1]").at(1).problem, "not one JSON object: it is an array"));
  CHECK(contains(ndjson_result(nested, "{\"user\":{\"id\":7}} x"), "something follows the object"));
  const std::string inner = "customer: {id: id}\ncategories: {analytics: 'p#/stats'}\n";
  CHECK(contains(ndjson_result(inner, "{\"id\":7,\"p\":\"{'stats':1}\"}"),
                 "\"p\" holds no JSON: a comma, colon"));
}

TEST_CASE("JSON within a string is found by a second pointer") {
  const std::string yaml = "customer: {id: /id}\ncategories: {analytics: '/preferences#/stats'}\n";
  CHECK(ndjson_result(yaml, "{\"id\":7,\"preferences\":\"{\\\"stats\\\":\\\"no\\\"}\"}") == "analytics=deny");
}

TEST_CASE("members may stand in another order on each line, between others, and serve for two things") {
  const std::string yaml =
      "customer: {id: c}\ndecided_at: {from: at, formats: [rfc3339]}\ncategories: {analytics: a, targeting: "
      "at}\nvalues: {allow: [yes, '2026-01-02T03:04:05Z'], deny: [no]}\n";
  const auto all = ndjson_rows(yaml,
                               "{\"c\":1,\"at\":\"2026-01-02T03:04:05Z\",\"a\":\"yes\"}\n"
                               "{\"a\":\"no\",\"x\":1,\"c\":2,\"y\":{},\"at\":\"2026-01-02T03:04:05Z\"}\n"
                               "{\"at\":\"2026-01-02T03:04:05Z\",\"c\":3,\"a\":\"yes\"}\n"
                               "{\"c\":4,\"at\":\"2026-01-02T03:04:05Z\",\"a\":\"yes\",\"c\":5}\n"
                               "{\"x\":4,\"c\":4,\"at\":\"2026-01-02T03:04:05Z\",\"a\":\"yes\",\"x\":5}\n");
  for (const std::size_t i : {0U, 1U, 2U}) {
    CAPTURE(i);
    REQUIRE(all.at(i).record);
    CHECK(all.at(i).record->customer.value() == static_cast<int>(i) + 1);
    CHECK(all.at(i).record->decided_at);
    CHECK(result_of(all.at(i)) ==
          (i == 1 ? "analytics=deny targeting=allow" : "analytics=allow targeting=allow"));
  }
  CHECK(contains(all.at(3).problem, "a key twice"));
  CHECK(contains(all.at(4).problem, "a key twice"));
}
