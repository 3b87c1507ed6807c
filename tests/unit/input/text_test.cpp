#include "text.hpp"

#include <doctest/doctest.h>

using namespace consent_sync::input;

TEST_CASE("a shown value is at most 40 characters, cut between characters") {
  CHECK(shown("analytics") == "\"analytics\"");
  CHECK(shown(std::string(40, 'x')) == "\"" + std::string(40, 'x') + "\"");
  CHECK(shown(std::string(41, 'x')) == "\"" + std::string(40, 'x') + "...\"");
  std::string umlauts;
  for (int i = 0; i < 50; ++i) umlauts += "\xC3\xA4";
  CHECK(shown(umlauts) == "\"" + umlauts.substr(0, 80) + "...\"");
}

TEST_CASE("a shown value holds no control characters") {
  CHECK(shown("a\nb\x1B[0m") == "\"a b [0m\"");
  CHECK(shown("\x7F\xC2\x9B"
              "31m \xC2\xA0\xC3\x84") == "\"  31m \xC2\xA0\xC3\x84\"");
}

TEST_CASE("a value with an e-mail address in it is never shown, however long") {
  CHECK(shown("jo@example.com") == "an e-mail address");
  CHECK(shown("jo%40example.com") == "an e-mail address");
  CHECK(shown(std::string(100, 'x') + "@example.com") == "an e-mail address");
}

TEST_CASE("damage is what keeps bytes from being text") {
  CHECK(damage_of("caf\xC3\xA9").empty());
  CHECK_FALSE(damage_of("caf\xE9").empty());
  CHECK_FALSE(damage_of("\xC3").empty());
  CHECK_FALSE(damage_of("\xED\xA0\x80").empty());
  CHECK_FALSE(damage_of(std::string_view("a\0b", 3)).empty());
}

TEST_CASE("repaired text is text, and keeps what was sound") {
  CHECK(repaired("caf\xE9, \xC3\xA4") == "caf\xEF\xBF\xBD, \xC3\xA4");
  CHECK(repaired(std::string_view("a\0b", 3)) ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(repaired("\xF0\x9F\x98\x80\xF0\x9F") == "\xF0\x9F\x98\x80\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("a cut never splits a character") {
  CHECK(cut("abc", 3) == "abc");
  CHECK(cut("abcd", 3) == "abc");
  CHECK(cut("a\xC3\xA4", 2) == "a");
  CHECK(cut("\xF0\x9F\x98\x80", 3).empty());
}

TEST_CASE("spaces and tabs around a value are trimmed") {
  CHECK(trim(" \t 42 \t") == "42");
  CHECK(trim(" \t ").empty());
  CHECK(equals_ignoring_case("YeS", "yes"));
  CHECK_FALSE(equals_ignoring_case("yess", "yes"));
}
