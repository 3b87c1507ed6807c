#include <consent_sync/store/proxy.hpp>

#include <doctest/doctest.h>

#include <stdexcept>

#include "tunnel.hpp"

using namespace consent_sync::store;

namespace {

std::optional<Proxy> way_to(std::string_view host, const std::string& proxy, const std::string& exempt = "") {
  return proxy_for(host, {proxy, exempt});
}

}  // namespace

TEST_CASE("a proxy is read with host, port and credentials") {
  const Proxy proxy = way_to("api.example.com", "http://us%3Aer:p%40ss@proxy.example.com:3128/").value();
  CHECK(proxy.host == "proxy.example.com");
  CHECK(proxy.port == 3128);
  CHECK(proxy.credentials == "us:er:p@ss");
  CHECK(proxy.authority() == "proxy.example.com:3128");
  CHECK(way_to("api.example.com", "proxy:80")->host == "proxy");
  CHECK(way_to("api.example.com", "HTTP://proxy:8080")->port == 8080);
  const Proxy by_address = way_to("api.example.com", "http://[::1]:3128").value();
  CHECK(by_address.is_ip);
  CHECK(by_address.authority() == "[::1]:3128");
}

TEST_CASE("a proxy that cannot be used is refused without being repeated") {
  for (const char* text :
       {"socks5://secret:1080", "https://secret:1", "http://secret", "http://secret:0", "http://:80",
        "http://secret:80/path", "http://%zz@secret:80", "http://%4@secret:80", "http://[::1]"}) {
    CAPTURE(text);
    try {
      way_to("api.example.com", text);
      FAIL("was taken");
    } catch (const std::invalid_argument& problem) {
      CHECK(std::string(problem.what()).find("HTTPS_PROXY") == 0);
      CHECK(std::string(problem.what()).find("secret") == std::string::npos);
    }
  }
}

TEST_CASE("hosts in NO_PROXY, what is below them, and this machine are reached directly") {
  const std::string proxy = "http://proxy:3128";
  CHECK(way_to("api.example.com", proxy));
  CHECK_FALSE(way_to("api.example.com", ""));
  CHECK_FALSE(way_to("api.example.com", "  "));
  for (const char* exempt :
       {"api.example.com", "example.com", ".example.com", "COM", "x, example.com ,y", "*", "a,*"}) {
    CAPTURE(exempt);
    CHECK_FALSE(way_to("api.example.com", proxy, exempt));
  }
  for (const char* exempt : {"", "xample.com", "other.com", "api.example.com.evil", "api", ",,", "."}) {
    CAPTURE(exempt);
    CHECK(way_to("api.example.com", proxy, exempt));
  }
  for (const char* host : {"localhost", "127.0.0.1", "127.1.2.3", "::1"}) CHECK_FALSE(way_to(host, proxy));
  CHECK(way_to("localhost.example.com", proxy));
}

TEST_CASE("the way is asked for by name and port, and credentials go to the proxy as Basic") {
  Address address;
  address.host = "api.example.com";
  const std::string plain = connect_request({"proxy", 3128, false, ""}, address, "agent/1");
  CHECK(plain ==
        "CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\nUser-Agent: agent/1\r\n\r\n");
  const std::string with = connect_request({"proxy", 3128, false, "Aladdin:open sesame"}, address, "agent/1");
  CHECK(with.find("\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n") !=
        std::string::npos);
}
