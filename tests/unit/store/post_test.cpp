#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

#include <consent_sync/store/post.hpp>

using namespace consent_sync::store;

TEST_CASE("a hook's address is https, with a path and a query as they stand") {
  for (const char* url :
       {"https://hc-ping.com/2c1b-77/fail", "https://hooks.example.com:8443/", "https://example.com",
        "https://example.com?key=a&token=b", "https://[::1]:9000/x/"}) {
    CAPTURE(url);
    CHECK_NOTHROW(check_post_url(url));
  }
  CHECK(host_of_post_url("https://hooks.example.com:8443/a/b?c") == "hooks.example.com:8443");
  CHECK(host_of_post_url("https://example.com?key=a") == "example.com");
}

TEST_CASE("a file without certificates is refused by the name of its setting") {
  CHECK_NOTHROW(check_ca_file("", "hooks.ca_file"));
  try {
    check_ca_file("/nowhere/ca.pem", "hooks.ca_file");
    FAIL("accepted");
  } catch (const std::invalid_argument& refusal) {
    CHECK(std::string(refusal.what()).starts_with("hooks.ca_file: \"/nowhere/ca.pem\" cannot be read"));
  }
}

TEST_CASE("an address that cannot be used is refused without being repeated: it may be a secret") {
  for (const char* url :
       {"", "http://example.com/secret", "https://", "https://user:secret@example.com/",
        "https://example.com/secret path", "https://example.com/secret#part", "https://exa mple/secret",
        "https://example.com:99999/secret", "https://example.com/secret\r\nX-Injected: 1"}) {
    CAPTURE(url);
    try {
      check_post_url(url);
      FAIL("accepted");
    } catch (const std::invalid_argument& refusal) {
      CHECK(std::string(refusal.what()).find("secret") == std::string::npos);
      CHECK(std::string(refusal.what()).find("expected") == 0);
    }
  }
}
