#include <doctest/doctest.h>

#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

#include "client_fixture.hpp"
#include "request_writer.hpp"
#include "tls_context.hpp"

namespace {

using namespace consent_sync::store;
using namespace consent_sync::store::test;
using consent_sync::consent::Choice;
using consent_sync::consent::CustomerId;

ClientOptions usable() {
  ClientOptions options;
  options.api_url = "https://api.bigcommerce.com";
  options.store_hash = "abc123";
  options.token = "secret";
  options.user_agent = "consent-sync/1.0";
  options.correlation_id = "id";
  return options;
}

std::string refusal(const ClientOptions& options) {
  try {
    make_client_factory(options);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST_CASE("addresses are read with port, path prefix and IP literals") {
  const Address plain = parse_address("https://api.bigcommerce.com");
  CHECK(plain.authority() == "api.bigcommerce.com");
  CHECK(plain.host_and_port() == "api.bigcommerce.com:443");
  CHECK(plain.path_prefix.empty());
  CHECK_FALSE(plain.is_ip);

  const Address full = parse_address("https://proxy.example:8443/api/v1//");
  CHECK(full.authority() == "proxy.example:8443");
  CHECK(full.path_prefix == "/api/v1");
  CHECK(parse_address("https://API-1.an_example.com").host == "API-1.an_example.com");

  const Address v4 = parse_address("https://127.0.0.1:8443/");
  CHECK(v4.is_ip);
  CHECK(v4.path_prefix.empty());

  const Address v6 = parse_address("https://[::1]:8443/x");
  CHECK(v6.host == "::1");
  CHECK(v6.is_ip);
  CHECK(v6.authority() == "[::1]:8443");
  CHECK(parse_address("https://[::1]").host_and_port() == "[::1]:443");
}

TEST_CASE("an address that cannot be used is refused with its reason") {
  const char* const addresses[] = {"",
                                   "api.bigcommerce.com",
                                   "http://api.bigcommerce.com",
                                   "ftp://x",
                                   "https://",
                                   "https:///x",
                                   "https://:443",
                                   "https://host:",
                                   "https://host:0",
                                   "https://host:65536",
                                   "https://host:44x",
                                   "https://-x",
                                   "https://a b",
                                   "https://[::1",
                                   "https://[::1]x:1",
                                   "https://[1.2.3.4]",
                                   "https://host/a b",
                                   "https://host/a?x=1",
                                   "https://host/#x",
                                   "https://host\r\nX: y",
                                   "https://user:password@host"};
  for (const char* const address : addresses) {
    CAPTURE(address);
    ClientOptions options = usable();
    options.api_url = address;
    const std::string message = refusal(options);
    CHECK(message.starts_with("store.api_url: "));
    CHECK(message.find("password") == std::string::npos);
    CHECK(message.find('\n') == std::string::npos);
  }
}

TEST_CASE("an address without encryption is refused because of the token") {
  ClientOptions options = usable();
  options.api_url = "http://api.bigcommerce.com";
  CHECK(refusal(options).find("not encrypted") != std::string::npos);
}

TEST_CASE("without encryption, where that is allowed, only this machine itself is reached") {
  for (const char* const host : {"api.bigcommerce.com", "127.0.0.1.example.com", "localhost.example.com",
                                 "10.0.0.1", "[::2]", "0.0.0.0"}) {
    CAPTURE(host);
    ClientOptions options = usable();
    options.allow_plain_http = true;
    options.api_url = std::string("http://") + host;
    CHECK(refusal(options).find("for this machine itself") != std::string::npos);
  }
  for (const char* const host : {"127.0.0.1", "localhost", "[::1]"}) {
    CAPTURE(host);
    const Address usual = parse_address(std::string("http://") + host, true);
    CHECK(usual.is_plain);
    CHECK(usual.authority() == host);
    CHECK(usual.host_and_port() == std::string(host) + ":80");
    CHECK(parse_address(std::string("http://") + host + ":8080", true).authority() ==
          std::string(host) + ":8080");
  }
}

TEST_CASE("a store hash of letters, digits, hyphen and underscore is taken, another could change the path") {
  ClientOptions taken = usable();
  taken.store_hash = "aZ0_-z9";
  CHECK(refusal(taken) == "accepted");
  for (const char* const hash : {"", "a/b", "..", "a b", "a?b", "a%2f", "ä", "a{b", "a[b"}) {
    CAPTURE(hash);
    ClientOptions options = usable();
    options.store_hash = hash;
    CHECK(refusal(options).starts_with("store.hash "));
  }
}

TEST_CASE("a token that would break the header is refused without being told") {
  for (const char* const token :
       {"", "secret\r\nX-Evil: 1", "secret\n", " secret", "secret ", "secret\x01", "secr\xC3\xA9t"}) {
    ClientOptions options = usable();
    options.token = token;
    const std::string message = refusal(options);
    CHECK(message.starts_with("The access token "));
    CHECK(message.find("secr") == std::string::npos);
  }
}

TEST_CASE("a CA file that is missing or holds no certificate is named") {
  const TemporaryDirectory directory;
  ClientOptions options = usable();
  options.ca_file = directory.path() / "missing.pem";
  CHECK(refusal(options).find("missing.pem\" cannot be read") != std::string::npos);
  options.ca_file = directory.path() / "empty.pem";
  std::ofstream(options.ca_file) << "no certificate\n";
  CHECK(refusal(options).find("holds no certificate") != std::string::npos);
}

TEST_CASE("a name that OpenSSL does not take to check the certificate by is no name to go on with") {
  const auto is_taken = [](const Address& address) {
    boost::asio::ssl::context context = make_tls_context("", "store.ca_file");
    const std::unique_ptr<SSL, decltype(&SSL_free)> connection(SSL_new(context.native_handle()), SSL_free);
    return expect_certificate_of(address, connection.get());
  };
  Address address;
  address.host = "api.bigcommerce.com";
  CHECK(is_taken(address));
  address.host = std::string(256, 'a');
  CHECK_FALSE(is_taken(address));
  address.is_ip = true;
  CHECK_FALSE(is_taken(address));
  address.host = "127.0.0.1";
  CHECK(is_taken(address));
}

TEST_CASE("a timeout of nothing is refused") {
  ClientOptions options = usable();
  options.timeout = std::chrono::milliseconds(0);
  CHECK(refusal(options).starts_with("http.timeout"));
}

TEST_CASE("requests are written in full") {
  const RequestWriter writer(parse_address("https://proxy.example:8443/api"), usable());
  const CustomerId customer = CustomerId::from(42).value();
  consent_sync::store::SecretText text;
  writer.write_put(customer, Choice::from_masks(1, 14).value(), text);
  CHECK(text ==
        "PUT /api/stores/abc123/v3/customers/42/consent HTTP/1.1\r\n"
        "Host: proxy.example:8443\r\n"
        "User-Agent: consent-sync/1.0\r\n"
        "Accept: application/json\r\n"
        "X-Correlation-Id: id\r\n"
        "X-Auth-Token: secret\r\n"
        "Content-Type: application/json\r\n"
        "Content-Length: 69\r\n\r\n"
        R"({"allow":["essential"],"deny":["functional","analytics","targeting"]})");
  writer.write_get(customer, text);
  CHECK(text.starts_with("GET /api/stores/abc123/v3/customers/42/consent HTTP/1.1\r\nHost: "));
  CHECK(text.ends_with("X-Auth-Token: secret\r\n\r\n"));
  writer.write_get_first_customer(text);
  CHECK(text.starts_with("GET /api/stores/abc123/v3/customers?limit=1 HTTP/1.1\r\n"));
  writer.write_get_customers({customer, consent_sync::consent::CustomerId::from(43).value()}, 2, text);
  CHECK(text.starts_with("GET /api/stores/abc123/v3/customers?id:in=42,43&limit=250&page=2 HTTP/1.1\r\n"));
  writer.write_get_customers_by_email(
      {"jo+a@example.com", "o'b%n&c@x.org", "m\xC3\xBCller@x.org", "A-b.c_d~Z@x.org"}, 1, text);
  CHECK(text.starts_with(
      "GET /api/stores/abc123/v3/customers?email:in=jo%2Ba%40example.com,o%27b%25n%26c%40x.org,"
      "m%C3%BCller%40x.org,A-b.c_d~Z%40x.org&limit=250&page=1 HTTP/1.1\r\n"));
}

}  // namespace
