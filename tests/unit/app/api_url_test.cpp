#include "settings/api_url.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace consent_sync::app;

TEST_CASE("one address has one spelling") {
  for (const char* text : {"https://api.example.com", "https://api.example.com/", "HTTPS://API.Example.com//",
                           "https://api.example.com:443", "https://api.example.com:443/"}) {
    CAPTURE(text);
    CHECK(parse_api_url(text) == "https://api.example.com");
  }
  CHECK(parse_api_url("https://localhost:8443/") == "https://localhost:8443");
  CHECK(parse_api_url("http://localhost:80") == "http://localhost");
  CHECK(parse_api_url("http://localhost:443") == "http://localhost:443");
  CHECK(parse_api_url("https://[::1]:443/") == "https://[::1]");
}

TEST_CASE("an address with a path says what goes where") {
  CHECK_THROWS_WITH_AS(
      parse_api_url("https://api.bigcommerce.com/stores/abc123/v3/"),
      "expected no path behind the host: give https://api.bigcommerce.com, and abc123 as store.hash",
      std::invalid_argument);
  CHECK_THROWS_WITH_AS(parse_api_url("https://api.bigcommerce.com/v3"),
                       "expected no path behind the host: give https://api.bigcommerce.com",
                       std::invalid_argument);
}

TEST_CASE("what is no address is left to whoever connects") {
  for (const char* text : {"", "api.bigcommerce.com/stores/abc", "https://user:secret@Host/path"}) {
    CAPTURE(text);
    CHECK(parse_api_url(text) == text);
  }
}
