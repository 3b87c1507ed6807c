#include <doctest/doctest.h>

#include "contains.hpp"
#include "files.hpp"
#include "readers.hpp"

using namespace consent_sync::input;
using consent_sync::test::contains;

namespace {

std::vector<Row> ndjson_rows(std::string_view content) {
  return rows_of("a.ndjson", content);
}

Row row(std::string_view line) {
  const auto all = ndjson_rows(line);
  REQUIRE(all.size() == 1);
  CHECK(all[0].source == line);
  CHECK(all[0].record.has_value() == all[0].problem.empty());
  return all[0];
}

bool is_invalid(std::string_view line, std::string_view reason) {
  const Row bad = row(line);
  CAPTURE(bad.problem);
  const bool found = bad.problem.find(reason) != std::string::npos;
  CHECK(found);
  return found;
}

}  // namespace

TEST_CASE("allow and deny arrays are read") {
  const Row good = row(
      R"({"customer_id":7,"allow":["essential","analytics"],"deny":["targeting"],"decided_at":"2026-01-02T03:04:05Z"})");
  REQUIRE(good.record);
  CHECK(good.line == 1);
  CHECK(good.record->customer.value() == 7);
  CHECK(result_of(good) == "essential=allow analytics=allow targeting=deny");
  CHECK(good.record->decided_at == consent_sync::consent::parse_rfc3339("2026-01-02T03:04:05Z"));
}

TEST_CASE("a consent object is read, null deciding nothing") {
  CHECK(result_of(
            row(R"({"consent":{"analytics":true,"targeting":false,"functional":null},"customer_id":"7"})")) ==
        "analytics=allow targeting=deny");
}

TEST_CASE("null is the same as no value") {
  CHECK(result_of(row(R"({"customer_id":7,"allow":null,"deny":["analytics"],"decided_at":null})")) ==
        "analytics=deny");
  CHECK(is_invalid(R"({"customer_id":7,"consent":null})", "decides nothing"));
}

TEST_CASE("unknown keys are ignored, whatever is in them") {
  CHECK(
      row(R"({"a":[1,-2.5e3,{"b":[[],{}]},"x\n\u00e4"],"customer_id":7,"n":null,"t":true,"allow":["analytics"],"big":123456789012345678901234567890})")
          .record);
}

TEST_CASE("a customer id is judged as it is written") {
  CHECK(row(R"({"customer_id": 9223372036854775807 ,"allow":["analytics"]})").record);
  CHECK(is_invalid(R"({"customer_id":42.0,"allow":["analytics"]})", "decimal point"));
  CHECK(is_invalid(R"({"customer_id":1.23E+07,"allow":["analytics"]})", "rounded"));
  CHECK(is_invalid(R"({"customer_id":-1,"allow":["analytics"]})", "negative"));
  CHECK(is_invalid(R"({"customer_id":0,"allow":["analytics"]})", "start at 1"));
  CHECK(is_invalid(R"({"customer_id":9223372036854775808,"allow":["analytics"]})", "greater than"));
  CHECK(is_invalid(R"({"customer_id":"00042","allow":["analytics"]})", "leading zeros"));
  CHECK(is_invalid(R"({"customer_id":null,"allow":["analytics"]})", "neither a whole number nor"));
  CHECK(is_invalid(R"({"customer_id":[7],"allow":["analytics"]})", "neither a whole number nor"));
  CHECK(is_invalid(R"({"customer_id":true,"allow":["analytics"]})", "neither a whole number nor"));
  CHECK(is_invalid(R"({"allow":["analytics"]})", "customer_id is missing"));
  CHECK(row(R"({"customer_id":"jo@example.com","allow":["analytics"]})").problem.find("jo@") ==
        std::string::npos);
}

TEST_CASE("decisions of a wrong kind are invalid") {
  CHECK(is_invalid(R"({"customer_id":7,"allow":"analytics"})", "allow is not a list"));
  CHECK(is_invalid(R"({"customer_id":7,"deny":[1]})", "deny is not a list"));
  CHECK(is_invalid(R"({"customer_id":7,"deny":[["analytics"]]})", "deny is not a list"));
  CHECK(is_invalid(R"({"customer_id":7,"allow":["marketing"]})", "allow names \"marketing\""));
  CHECK(is_invalid(R"({"customer_id":7,"consent":[]})", "consent is not an object"));
  CHECK(is_invalid(R"({"customer_id":7,"consent":{"marketing":true}})", "consent names \"marketing\""));
  CHECK(is_invalid(R"({"customer_id":7,"consent":{"analytics":"yes"}})",
                   "\"analytics\" in consent is neither"));
  CHECK(is_invalid(R"({"customer_id":7,"consent":{"analytics":1}})", "\"analytics\" in consent is neither"));
  CHECK(
      is_invalid(R"({"customer_id":7,"allow":["analytics"],"decided_at":5})", "decided_at is not a string"));
  CHECK(is_invalid(R"({"customer_id":7,"allow":["analytics"],"decided_at":"today"})",
                   "decided_at is \"today\""));
  CHECK(is_invalid(R"({"customer_id":7,"allow":["analytics"],"deny":["analytics"]})",
                   "both allowed and denied"));
  CHECK(is_invalid(R"({"customer_id":7})", "decides nothing"));
}

TEST_CASE("keys are read in any case") {
  const Row good = row(
      R"({"Customer_ID":800,"ALLOW":["essential"],"Deny":["analytics"],"Decided_At":"2026-01-02T03:04:05Z"})");
  CHECK(result_of(good) == "essential=allow analytics=deny");
  CHECK(good.record->decided_at);
  CHECK(result_of(row(R"({"customer_id":7,"Consent":{"Analytics":false}})")) == "analytics=deny");
  CHECK(
      is_invalid(R"({"customer_id":7,"deny":["targeting"],"Deny":["analytics"]})", "\"Deny\" occurs twice"));
  CHECK(is_invalid(R"({"customer_id":7,"allow":["essential"],"ANALYTICS":false})", "stands alone"));
}

TEST_CASE("a key that may be a misspelt one makes its row invalid, and any other is passed over") {
  const auto with = [](const std::string& key) {
    return row(R"({"customer_id":7,"allow":["essential"],")" + key + R"(":["analytics"]})");
  };
  const Row bad = with("denny");
  CHECK(bad.problem == "it has the key \"denny\", which is not read; did you mean deny?");
  REQUIRE(bad.customer);
  CHECK(bad.customer->value() == 7);
  CHECK(contains(with("denied").problem, "did you mean deny?"));
  CHECK(contains(with("concent").problem, "did you mean consent?"));
  CHECK(contains(with("analitics").problem, "did you mean analytics?"));
  CHECK(contains(row(R"({"customer_id":7,"allow":["essential"],"dny":"analytics"})").problem,
                 "did you mean deny?"));
  for (const std::string other :
       {"key", "content", "function", "allow2", "note", "a_rather_long_key_of_some_store"}) {
    CAPTURE(other);
    CHECK(result_of(with(other)) == "essential=allow");
    CHECK(result_of(with(other)) == "essential=allow");
  }
}

TEST_CASE("two ways of deciding in one row are invalid") {
  CHECK(is_invalid(R"({"customer_id":7,"allow":["analytics"],"consent":{"targeting":true}})",
                   "one or the other"));
  CHECK(is_invalid(R"({"customer_id":7,"allow":["functional"],"analytics":false})",
                   "\"analytics\" stands alone"));
}

TEST_CASE("a key that occurs twice is invalid") {
  CHECK(is_invalid(R"({"customer_id":7,"customer_id":8,"allow":["analytics"]})",
                   "\"customer_id\" occurs twice"));
  CHECK(is_invalid(R"({"customer_id":7,"allow":["analytics"],"allow":[]})", "\"allow\" occurs twice"));
  CHECK(is_invalid(R"({"customer_id":7,"consent":{"analytics":true,"analytics":true}})",
                   "\"analytics\" occurs twice"));
  CHECK(is_invalid(R"({"customer_id":7,"all\u006fw":["analytics"],"allow":[]})", "\"allow\" occurs twice"));
}

TEST_CASE("broken JSON costs its own line only") {
  for (const std::string bad : {R"({"customer_id":})",
                                R"({"customer_id":2,"allow":["analytics"])",
                                R"({"customer_id":2,"allow":["analytics})",
                                R"({"customer_id":2,"allow":["analytics"]}})",
                                R"({"customer_id":2,"allow":["analytics"]}{"customer_id":9})",
                                R"({"customer_id":2,"allow":["analytics"],"x":nul})",
                                R"({"customer_id":2,"allow":["analytics"],})",
                                R"({"customer_id":2 "allow":["analytics"]})",
                                R"({customer_id:2,"allow":["analytics"]})",
                                R"({"customer_id":2,"allow":["analytics"],"x":"\q"})",
                                R"({"customer_id":2,"allow":["analytics"],"x":01})",
                                R"({"customer_id":2,"allow":["analytics"],"x":truex})",
                                R"({"customer_id":2,"allow":["analytics" "targeting"]})",
                                R"({"customer_id":2,"allow":["analytics"]} x)",
                                R"({"customer_id":2,"allow":["analytics"]},)",
                                "[]",
                                "7",
                                "\"x\"",
                                "null",
                                "x",
                                "{}",
                                "}",
                                "{\"customer_id\":2,\"allow\":[\"analytics\"],\"x\":\"a\tb\"}"}) {
    CAPTURE(bad);
    const std::string one = R"({"customer_id":1,"allow":["analytics"]})";
    const auto all = ndjson_rows(one + "\n" + bad + "\n" + one + "\n");
    REQUIRE(all.size() == 3);
    CHECK(all[0].record);
    CHECK_FALSE(all[1].record);
    CHECK_FALSE(all[1].problem.empty());
    CHECK(all[1].line == 2);
    CHECK(all[2].record);
    CHECK(all[2].line == 3);
  }
}

TEST_CASE("what is wrong with a line is said in plain words") {
  const std::string no_object = "the line is not one JSON object: ";
  const auto why = [&](const std::string& line) {
    const std::string problem = ndjson_rows("{}\n" + line).at(1).problem;
    CHECK(problem.starts_with(no_object));
    return problem.substr(std::min(no_object.size(), problem.size()));
  };
  const std::string good = R"({"customer_id":2,"allow":["analytics"],"x":"}"})";
  CHECK(why(good + " trailing") == "something follows the object");
  CHECK(why(good + "," + good) == "something follows the object");
  CHECK(why(good + "}") == "something follows the object");
  CHECK(why("[1]") == "it is an array");
  CHECK(why("\"str\"") == "it is a string");
  CHECK(why("null") == "it is null");
  CHECK(why("-17.5") == "it is a number");
  CHECK(why("2,yes") == "it does not begin with {");
  CHECK(why(good.substr(0, 37)) == "a bracket or brace in it is not closed, or it is cut off");
  CHECK(why(good.substr(0, 30)) == "a string in it is not closed, or it is cut off");
  CHECK(contains(why(R"({"customer_id":2 "allow":[]})"), "is missing or one too many"));
  CHECK(why(R"({"customer_id":2,"x":nul})") == "a word in it is none of true, false and null");
  CHECK(why(R"({"customer_id":2,"x":01})") == "a number in it is not written as in JSON");
  CHECK(contains(file_error_of("a.json", "[17]"), "not one JSON object: it is a number; export it again"));
  CHECK(contains(file_error_of("a.json", "[[{}]]"), "not one JSON object: it is an array; export it again"));
}

TEST_CASE("deep nesting is refused, and does not overflow the stack") {
  const auto deep = [](std::size_t depth) {
    return "{\"customer_id\":7,\"allow\":[\"analytics\"],\"x\":" + std::string(depth, '[') +
           std::string(depth, ']') + "}\n";
  };
  const auto all = ndjson_rows(deep(60) + deep(500000) + deep(1));
  REQUIRE(all.size() == 3);
  CHECK(all[0].record);
  CHECK(all[1].problem.starts_with("the line is not one JSON object: "));
  CHECK(all[2].record);
}

TEST_CASE("blank lines, CR LF and a missing last line end do not matter") {
  const std::string one = R"({"customer_id":1,"allow":["analytics"]})";
  const auto all = ndjson_rows("\n" + one + "\r\n \t\r\n\n  " + one + "  \r\n" + one);
  REQUIRE(all.size() == 3);
  CHECK(all[0].line == 2);
  CHECK(all[0].source == one);
  CHECK(all[1].line == 5);
  CHECK(all[2].line == 6);
  for (const Row& good : all) CHECK(good.record);
}

TEST_CASE("bytes that are no text cost their own line only") {
  const std::string one = R"({"customer_id":1,"allow":["analytics"]})";
  const auto all =
      ndjson_rows(one + "\n{\"customer_id\":1,\"x\":\"caf\xE9\",\"allow\":[\"analytics\"]}\n" + one);
  REQUIRE(all.size() == 3);
  CHECK(all[1].problem == "it is no text: it is not valid UTF-8");
  CHECK(all[1].source == "{\"customer_id\":1,\"x\":\"caf\xEF\xBF\xBD\",\"allow\":[\"analytics\"]}");
  CHECK(all[2].record);
}

TEST_CASE("a line that cannot be read says whose it is, for it may be a denial") {
  const std::string id = R"({"customer_id":7,"deny":["analytics"],)";
  const std::string note(max_row_bytes, 'x');
  for (const std::string& bad : std::vector<std::string>{
           id + "\"x\":\"caf\xE9\"}", "{\"x\":\"caf\xE9 \\\" {\",\"customer_id\": \"7\" }", id, id + "}",
           id + "\"x\":\"cut o", id + "\"x\":nul}", id + "\"x\":01} more",
           std::string(R"({"x":[1,},"customer_id" : 7 ,"deny":["analytics"]})"),
           std::string(R"({"x":"5" disk","customer_id":7,"deny":[]})"),
           std::string(R"({"x":{"customer_id":8},"customer_id":7,"deny":["analytics"})"),
           id + "\"x\":\"" + note + "\"}"}) {
    CAPTURE(bad.substr(0, 100));
    const Row row = ndjson_rows(bad).at(0);
    CHECK_FALSE(row.record);
    REQUIRE(row.customer);
    CHECK(row.customer->value() == 7);
  }
}

TEST_CASE("a line whose customer is not certain is nobody's") {
  for (const std::string& bad : std::vector<std::string>{
           std::string(R"({"deny":["analytics"],"customer_id":7)"),
           std::string(R"({"deny":[],"customer_id":"7)"), std::string("{\"customer_id\":\"7\xE9\"}"),
           std::string(R"({"x":"\"customer_id\":7, "})") + "}", std::string(R"({"x":"customer_id", 7})"),
           "{\"x\":\"" + std::string(max_row_bytes, 'x') + "\",\"customer_id\":7}"}) {
    CAPTURE(bad.substr(0, 100));
    const Row row = ndjson_rows(bad).at(0);
    CHECK_FALSE(row.record);
    CHECK_FALSE(row.customer);
  }
}

TEST_CASE("a rejected line that is not mended still says whose it is") {
  const Row bad = row(R"({"source":"{\"customer_id\": 7, \"deny\": [\"essential\"]","reason":"broken"})");
  CHECK(contains(bad.problem, "mend what \"source\" says"));
  REQUIRE(bad.customer);
  CHECK(bad.customer->value() == 7);
  CHECK_FALSE(row(R"({"source":"no customer in it","reason":"broken"})").customer);
  // One of the input's own keys.
  CHECK(row(R"({"source":"web","reason":"newsletter","customer_id":7,"allow":["essential"]})").record);
  CHECK(is_invalid(R"({"source":"{\"customer_id\": 7}"})", "customer_id"));
}

TEST_CASE("an object laid out over many lines is refused as a file") {
  CHECK(file_error_of("a.ndjson", "{\n \"customer_id\": 1\n}").find("not one object a line") !=
        std::string::npos);
}

TEST_CASE("an array of objects is read as its elements, on one line or on many, wherever reading stops") {
  const std::string one = R"({"customer_id":1,"allow":["analytics"],"x":"]},{\" \\"})";
  const std::string two = "{\n  \"customer_id\": 2,\r\n  \"deny\": [\r\"analytics\"]\n}";
  const std::string two_on_one_line = "{   \"customer_id\": 2,    \"deny\": [ \"analytics\"] }";
  const Files files;
  const std::string path = files.write("a.json", "\n [" + one + ",\n" + two + " , " + one + "\r\n]\n ");
  for (std::size_t chunk = 1; chunk < 60; ++chunk) {
    const auto rows = read_all(*open_reader_by_chunks(path, {}, chunk));
    REQUIRE(rows.size() == 3);
    for (const Row& row : rows) CHECK(row.record);
    CHECK(rows[0].line == 2);
    CHECK(rows[1].line == 3);
    CHECK(rows[1].source == two_on_one_line);
    CHECK(rows[2].line == 7);
  }
  CHECK(rows_of("a.json", "[]").empty());
  CHECK(rows_of("a.json", "[ ]\n").empty());
}

TEST_CASE("an array that is broken anywhere is refused as a file, with the line") {
  const std::string good = "{\"customer_id\":1,\"allow\":[\"analytics\"]}";
  const auto error = [&](const std::string& content) { return file_error_of("a.json", content); };
  CHECK(error("[" + good + ",\n" + good).find("line 2: the file ends before its array does") !=
        std::string::npos);
  CHECK(error("[" + good + ",\n" + good.substr(0, 20)).find("ends before") != std::string::npos);
  CHECK(error("[" + good + ",]").find("a comma too many") != std::string::npos);
  CHECK(error("[," + good + "]").find("a comma too many") != std::string::npos);
  CHECK(error("[" + good + " " + good + "]").find("no comma") != std::string::npos);
  CHECK(error("[" + good + "]\n" + good).find("goes on after the end") != std::string::npos);
  CHECK(error("[" + good + ",\n17]")
            .find("line 2: the array has an element here that is not one JSON object") != std::string::npos);
  CHECK(error("[{\"customer_id\":1,,},\n" + good + "]").find("line 1: ") != std::string::npos);
  CHECK(error("[{\"customer_id\":1]").find("not one JSON object") != std::string::npos);
  CHECK(error("[").find("ends before") != std::string::npos);
}

TEST_CASE("an element that begins with a byte of no text is a row that is not understood, and not the end") {
  const auto rows =
      rows_of("a.json", "[{\"customer_id\":1,\"allow\":[\"analytics\"]},\n\xFF,\n{\"customer_id\":2}]");
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].record);
  CHECK_FALSE(rows[1].record);
  CHECK(contains(rows[1].problem, "not valid UTF-8"));
}

TEST_CASE("the columns are the canonical names") {
  const Files files;
  const auto reader = open_reader(files.write("a.ndjson", "{}\n"), {});
  CHECK(reader->format() == Format::ndjson);
  CHECK(reader->columns() == std::vector<std::string>{"customer_id", "allow", "deny", "decided_at"});
}
