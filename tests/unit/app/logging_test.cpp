#include <doctest/doctest.h>

#include "logging.hpp"

using consent_sync::app::json_string;

TEST_CASE("a JSON string holds any text") {
  CHECK(json_string("plain") == R"("plain")");
  CHECK(json_string("a\"b\\c") == R"("a\"b\\c")");
  CHECK(json_string("line\nend\x01") == "\"line\\u000aend\\u0001\"");
  CHECK(json_string("caf\u00e9") == "\"caf\u00e9\"");
}

TEST_CASE("bytes that are no UTF-8 do not get into JSON") {
  CHECK(json_string("caf\xe9") == R"("caf?")");
}
