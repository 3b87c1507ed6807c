#include <doctest/doctest.h>

#include <random>
#include <string>

#include "files.hpp"
#include "seed.hpp"

using namespace consent_sync;
using namespace consent_sync::input;

namespace {

const std::string meanings =
    "categories: {analytics: A, targeting: {all: [B, C]}}\nignored: [X]\ninverted: [C]\n"
    "values: {allow: [yes, 'true', '1'], deny: [no, 'false'], unspecified: ['-']}\n";

/// One mapping, by names and by pointers: the latter takes the reader that knows everything.
const std::string by_names =
    "customer: {id: c}\ndecided_at: {from: t, formats: [rfc3339, epoch_s]}\n"
    "decisions: {rows: {category: k, value: v}}\n" +
    meanings;
const std::string by_pointers =
    "customer: {id: /c}\ndecided_at: {from: /t, formats: [rfc3339, epoch_s]}\n"
    "decisions: {rows: {category: /k, value: /v}}\n" +
    meanings;

/// Members of a row in long form, in some order, some of them twice or not at all.
std::string random_row(std::mt19937& random) {
  static const char* const usual[] = {R"("c":7,)", R"("k":"A",)", R"("v":true,)"};
  static const char* const others[] = {R"("t":"2026-11-24T05:00:00Z")",
                                       R"("c":"42")",
                                       R"("c":" 42 ")",
                                       R"("c":0)",
                                       R"("c":"x")",
                                       R"("k":"B")",
                                       R"("k":" C ")",
                                       R"("k":"X")",
                                       R"("k":"D")",
                                       R"("k":"")",
                                       R"("k":null)",
                                       R"("k":1)",
                                       R"("v":"yes")",
                                       R"("v":"NO")",
                                       R"("v":" - ")",
                                       R"("v":null)",
                                       R"("v":1)",
                                       R"("v":1.5)",
                                       R"("v":["yes"])",
                                       R"("v":"so")",
                                       R"("v":false)",
                                       R"("t":null)",
                                       R"("t":"")",
                                       R"("t":" ")",
                                       R"("t":1742579361)",
                                       R"("t":7)",
                                       R"("t":"tomorrow")",
                                       R"("note":"x")",
                                       R"("note":2)",
                                       R"("more":{"a":1,"a":2})",
                                       R"("more":[])"};
  std::string text = "{";
  const std::size_t first = random() % 3;
  for (std::size_t i = 0; i < 3; ++i) {
    if (random() % 5 != 0) text += usual[(first + i) % 3];
    if (random() % 12 == 0) text += others[random() % std::size(others)] + std::string(",");
  }
  const std::size_t last = random() % 2 == 0 ? 0 : random() % std::size(others);
  return text + others[last] + "}";
}

void damage_row(std::string& text, std::mt19937& random) {
  if (random() % 4 != 0) return;
  const char bytes[] =
      "{}[]\",:0-\\ \xC3"
      "Ae";
  text[random() % text.size()] = bytes[random() % (sizeof bytes - 1)];
}

}  // namespace

TEST_CASE("long form in NDJSON: members in any order, with one more or without a time") {
  const auto all = rows_of("a.ndjson",
                           "{\"c\":1,\"k\":\"A\",\"v\":true,\"t\":\"2026-11-24T05:00:00Z\"}\n"
                           "{\"v\":\"yes\",\"note\":\"x\",\"k\":\"C\",\"c\":\"2\"}\n"
                           "{\"t\":null,\"k\":\"X\",\"v\":\"whatever\",\"c\":3}\n"
                           "{\"c\":4,\"k\":\"A\",\"v\":\"-\"}\n",
                           by_mapping(by_names));
  REQUIRE(all.size() == 4);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(i);
    REQUIRE(all[i].record);
    CHECK(all[i].record->customer.value() == static_cast<int>(i) + 1);
    CHECK(all[i].record->decided_at.has_value() == (i == 0));
  }
  CHECK(result_of(all[0]) == "analytics=allow");
  CHECK(all[0].record->part == 0);
  CHECK(consent::to_rfc3339(*all[0].record->decided_at) == "2026-11-24T05:00:00Z");
  CHECK(result_of(all[1]) == "targeting=deny");
  CHECK(all[1].record->part == 2);
  CHECK(all[2].record->part == consent::no_part);
  CHECK(all[3].record->choice.is_empty());
}

TEST_CASE("long form in NDJSON: what is wrong is told") {
  const auto problem = [](std::string_view line) {
    return rows_of("a.ndjson", line, by_mapping(by_names)).at(0).problem;
  };
  CHECK(problem(R"({"c":1,"k":"A"})") == "\"v\" is missing");
  CHECK(problem(R"({"k":"A","v":true})") == "\"c\" is missing: it names the customer");
  CHECK(problem(R"({"c":1,"k":"","v":true})") == "\"k\" is empty: it names the category");
  CHECK(problem(R"({"c":1,"k":"D","v":true})").find("\"D\" has no place") != std::string::npos);
  CHECK(problem(R"({"c":1,"k":"A","v":"so"})").find("\"so\"") != std::string::npos);
  CHECK(problem(R"({"c":1,"k":"A","v":true,"v":true})") == "an object in it has a key twice");
  CHECK(problem(R"({"c":1,"k":"A","v":true,"x":1,"x":2})") == "an object in it has a key twice");
  CHECK(problem(R"({"c":1,"k":"A","v":true,"x":{"a":1,"a":2}})") == "an object in it has a key twice");
}

TEST_CASE("more categories and values than are kept in mind mean what they mean") {
  std::string yaml =
      "customer: {id: c}\ndecisions: {rows: {category: k, value: v}}\ncategories: {analytics: {all: [";
  std::string content;
  for (int i = 0; i < 40; ++i) {
    yaml += (i == 0 ? "P" : ", P") + std::to_string(i);
    content +=
        "{\"c\":7,\"k\":\"P" + std::to_string(i) + "\",\"v\":" + (i % 3 == 0 ? "true" : "false") + "}\n";
  }
  const auto all = rows_of("a.ndjson", content + content, by_mapping(yaml + "]}}"));
  REQUIRE(all.size() == 80);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(i);
    REQUIRE(all[i].record);
    CHECK(all[i].record->part == i % 40);
    CHECK(result_of(all[i]) == (i % 40 % 3 == 0 ? "analytics=allow" : "analytics=deny"));
  }
}

TEST_CASE("whatever is plain long form is what the reader that knows everything makes of it") {
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::vector<std::string> lines;
  std::string content;
  for (int i = 0; i < 10000; ++i) {
    lines.push_back(random_row(random));
    damage_row(lines.back(), random);
    content += lines.back() + "\n";
  }
  const auto plain = rows_of("a.ndjson", content, by_mapping(by_names));
  const auto whole = rows_of("a.ndjson", content, by_mapping(by_pointers));
  REQUIRE(plain.size() == lines.size());
  REQUIRE(whole.size() == lines.size());
  int were_understood = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CAPTURE(lines[i]);
    REQUIRE(plain[i].record == whole[i].record);
    REQUIRE(plain[i].problem.empty() == whole[i].problem.empty());
    if (plain[i].record) ++were_understood;
  }
  CHECK(were_understood > 1000);
}
