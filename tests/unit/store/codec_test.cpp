#include <doctest/doctest.h>

#include <consent_sync/store/codec.hpp>

namespace {

using namespace consent_sync::store;
using consent_sync::consent::Choice;

Choice choice(unsigned allow, unsigned deny) {
  return Choice::from_masks(allow, deny).value();
}

TEST_CASE("a choice is written with both lists, in category order") {
  CHECK(encode_choice(Choice{}) == R"({"allow":[],"deny":[]})");
  CHECK(encode_choice(choice(1, 4)) == R"({"allow":["essential"],"deny":["analytics"]})");
  CHECK(encode_choice(choice(15, 0)) ==
        R"({"allow":["essential","functional","analytics","targeting"],"deny":[]})");
}

TEST_CASE("every choice reads back as it was written") {
  for (unsigned code = 0; code < 256; ++code) {
    const auto written = Choice::from_code(code);
    if (!written) continue;
    CHECK(decode_choice(encode_choice(*written)) == written);
  }
}

TEST_CASE("a reply is read with lists in any order, absent lists and unknown members") {
  CHECK(decode_choice(R"({"deny":["targeting","essential"],"allow":["analytics"]})") == choice(4, 9));
  CHECK(decode_choice(R"({"allow":["essential"]})") == choice(1, 0));
  CHECK(decode_choice("{}") == Choice{});
  CHECK(
      decode_choice(
          R"( {"allow":[],"new":{"a":[1,-2.5e3,null,true,"x"]},"big":123456789012345678901234,"updated_at":"2024-01-15T09:30:00Z"} )"
          "\n") == Choice{});
  CHECK(decode_choice(R"({"allow":["\u0065ssential"]})") == choice(1, 0));
  CHECK(decode_choice(R"({"allow":["essential","essential"]})") == choice(1, 0));
}

TEST_CASE("a reply that is not wholly understood is not read at all") {
  const char* const bodies[] = {"",
                                " ",
                                "null",
                                "true",
                                "1",
                                "\"allow\"",
                                "[]",
                                "{",
                                "}",
                                R"({"allow":)",
                                R"({"allow":[}})",
                                R"({"allow":["essential")",
                                R"({"allow":["essential"])",
                                R"({"allow":["essential"]}})",
                                R"({"allow":["essential"]}{"deny":[]})",
                                R"({"allow":["essential"]} x)",
                                R"({"allow":["essential"]},)",
                                R"({"allow":["marketing"]})",
                                R"({"allow":["Essential"]})",
                                R"({"allow":[1]})",
                                R"({"allow":[null]})",
                                R"({"allow":[["essential"]]})",
                                R"({"allow":"essential"})",
                                R"({"allow":null})",
                                R"({"allow":{}})",
                                R"({"allow":["analytics"],"deny":["analytics"]})",
                                R"({"allow":["essential"],"allow":[]})",
                                R"({"allow":["essential"],"x":nul})",
                                R"({"allow":["essential"],"x":[1,}})",
                                R"({"allow":["essential"],"x":tru})",
                                R"({"allow":["essential"],"x":[nul]})",
                                R"({"allow":["essential"],"x":{"y":nul}})",
                                R"({"allow":["essential"],"x":{7:1}})",
                                R"({"allow":["essential"],"x":{"y"}})",
                                R"({"allow":["essential"],7:1})",
                                R"({"allow":["essential"],"x":1x})",
                                R"({"allow" ["essential"]})",
                                R"({"allow":["essential"] "deny":[]})",
                                "{\"allow\":[\"essential\xFF\"]}",
                                "<html></html>"};
  for (const char* const body : bodies) {
    CAPTURE(body);
    CHECK_FALSE(decode_choice(body));
  }
}

TEST_CASE("every beginning of a reply that is no whole reply is refused") {
  const std::string whole =
      R"({"allow":["essential","analytics"],"deny":["targeting"],"updated_at":"2024-01-15T09:30:00Z"})";
  REQUIRE(decode_choice(whole));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(decode_choice(std::string_view(whole).substr(0, length)));
  }
}

TEST_CASE("an error body is told as its title and its errors") {
  CHECK(
      describe_error_body(
          R"({"status":422,"title":"Invalid data","type":"x","instance":"y","errors":{"allow":"unknown","deny":["twice","late"]}})") ==
      "Invalid data; allow: unknown; deny: twice; deny: late");
  CHECK(describe_error_body(R"({"title":"Gone"})") == "Gone");
  CHECK(describe_error_body(R"({"errors":{"allow":"unknown"}})") == "allow: unknown");
  CHECK(describe_error_body(R"({"status":500})") == R"({"status":500})");
  CHECK(describe_error_body("").empty());
  CHECK(describe_error_body(" \r\n ").empty());
  CHECK(describe_error_body("upstream timed out") == "upstream timed out");
  CHECK(describe_error_body("<html><head><title>502 Bad Gateway</title></head>\r\n<body></body></html>") ==
        "502 Bad Gateway");
}

TEST_CASE("no e-mail address and no control character comes out of an error body") {
  CHECK(describe_error_body(R"({"title":"Customer jane.doe+x@example.com is locked"})") ==
        "Customer [e-mail] is locked");
  CHECK(describe_error_body("see /customers?email=jane%40example.com now") == "see [e-mail] now");
  CHECK(describe_error_body("<jörg@exämple.de>, a@b") == ", [e-mail]");
  CHECK(describe_error_body("jörg@exämple.de") == "[e-mail]");
  CHECK(describe_error_body(R"({"title":"a\u001b[31m\u0000b\nc\td"})") == "a [31m b c d");
  CHECK(describe_error_body("a\xC2\x9B"
                            "31m\xFF"
                            "b") == "a??31m?b");
}

TEST_CASE("an error body with a fault is told as far as it can be read, one that breaks off as it stands") {
  CHECK(describe_error_body(R"({"title":"Gone","errors":{"a":"b"},"more":[1,}})") == "Gone; a: b");
  CHECK(describe_error_body(R"({"title":"Gone",7})") == "Gone");
  CHECK(describe_error_body(R"({"title":"Gone",)") == R"({"title":"Gone",)");
  CHECK(describe_error_body(R"({"errors":{"a":"b",7:"c"}})") == "a: b");
  CHECK(describe_error_body(R"({"errors":["a",}})") == "a");
  CHECK(describe_error_body(R"({"errors":{"a":1,"b":null,"c":"d"}})") == "c: d");
}

TEST_CASE("what is no UTF-8 becomes a question mark, byte for byte, and what is stays") {
  for (const char* text : {"ä", "©", "€", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEF\xBF\xBD", "\xF0\x9F\x8D\xAA",
                           "\xF4\x8F\xBF\xBF"}) {
    CHECK(describe_error_body(text) == text);
  }
  CHECK(describe_error_body("a\x7F"
                            "b") == "a b");
  const std::pair<const char*, const char*> others[] = {
      {"\xC0\xAF", "??"},                                // overlong
      {"\xE0\x80\xAF", "???"},                           // overlong
      {"\xF0\x80\x80\xAF", "????"},                      // overlong
      {"\xED\xA0\x80", "???"},                           // a surrogate
      {"\xF4\x90\x80\x80", "????"},                      // beyond Unicode
      {"\xF5\x80\x80\x80", "????"}, {"\xE2\x82", "??"},  // cut off
      {"\xE2\x82 z", "?? z"},       {"\x80", "?"},
  };
  for (const auto& [bytes, told] : others) CHECK(describe_error_body(bytes) == told);
}

TEST_CASE("a long error body is cut between characters, to at most 300 bytes") {
  std::string long_text;
  for (int n = 0; n < 400; ++n) long_text += "ü ";
  const std::string told = describe_error_body(long_text);
  CHECK(told.size() <= 300);
  CHECK(told.size() >= 290);
  CHECK(told.ends_with("..."));
  CHECK(describe_error_body(std::string(300, 'x')) == std::string(300, 'x'));
  CHECK(describe_error_body(std::string(301, 'x')) == std::string(297, 'x') + "...");
  // An address across the cut leaves nothing of itself.
  const std::string across = describe_error_body(std::string(290, '(') + "jane.doe@example.com");
  CHECK(across.find("jane") == std::string::npos);
}

TEST_CASE("a page of customers is read as its ids, whatever else it tells of them") {
  const auto page = decode_customers(
      R"({"data":[{"id":3,"email":"a@example.com","attributes":[{"x":1}]},{"first_name":"B","id":9007199254740993}],)"
      R"("meta":{"pagination":{"total":3,"count":2,"current_page":1,"total_pages":2,"links":{}}}})");
  REQUIRE(page);
  REQUIRE(page->customers.size() == 2);
  CHECK(page->customers[0].value() == 3);
  CHECK(page->customers[1].value() == 9007199254740993);
  CHECK(page->emails == std::vector<std::string>{"a@example.com", ""});
  CHECK_FALSE(page->is_last);
}

TEST_CASE("the last page, an empty one, and one that is not numbered are the last") {
  CHECK(decode_customers(R"({"data":[],"meta":{"pagination":{"current_page":2,"total_pages":2}}})")->is_last);
  CHECK(decode_customers(R"({"data":[],"meta":{"pagination":{"current_page":1,"total_pages":0}}})")->is_last);
  CHECK(decode_customers(R"({"data":[{"id":1}],"meta":{"cursor_pagination":{"count":1}}})")->is_last);
  CHECK(decode_customers(R"({"data":[]})")->is_last);
  CHECK(decode_customers(R"({"data":[],"meta":{"pagination":{"current_page":1}}})")->is_last);
}

TEST_CASE("a list that is not wholly understood is no list") {
  for (const char* body : {"", "[]", "{}", R"({"data":{}})", R"({"data":[{"id":"3"}]})",
                           R"({"data":[{"id":0}]})", R"({"data":[{}]})", R"({"data":[{"id":1})"}) {
    CAPTURE(body);
    CHECK_FALSE(decode_customers(body));
  }
}

}  // namespace
