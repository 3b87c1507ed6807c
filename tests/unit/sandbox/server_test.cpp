#include <doctest/doctest.h>

#include <fstream>
#include <stdexcept>

#include "server_fixture.hpp"

using namespace consent_sync::sandbox;
using consent_sync::consent::Category;
using consent_sync::consent::CustomerId;
using consent_sync::consent::Decision;
using consent_sync::test::HttpsClient;
using consent_sync::test::HttpsFailure;

TEST_CASE_FIXTURE(ServerFixture, "a PUT over TLS is held and echoed, on a connection that stays open") {
  for (int i = 0; i < 3; ++i) {
    const auto reply = put(7);
    CHECK(reply.status == 200);
    CHECK(reply.keep_alive);
    CHECK(reply.body.find(R"("allow":["essential"])") != std::string::npos);
  }
  CHECK(held(7) == "essential=allow targeting=deny");
  const auto counters = server.counters();
  CHECK(counters.connections == 1);
  CHECK(counters.handshakes == 1);
  CHECK(counters.put == 3);
  CHECK(server.puts_of(*CustomerId::from(7)) == 3);
  CHECK(server.puts_of(*CustomerId::from(8)) == 0);
}

TEST_CASE("the rate headers come in lower case with every reply, and the quota's end is a 429") {
  ServerFixture fixture({}, 2);
  const auto first = fixture.put(7);
  CHECK(first.headers.at("x-rate-limit-requests-quota") == "2");
  CHECK(first.headers.at("x-rate-limit-requests-left") == "1");
  CHECK(first.headers.at("x-rate-limit-time-window-ms") == "30000");
  CHECK(std::stoi(first.headers.at("x-rate-limit-time-reset-ms")) <= 30000);
  CHECK(fixture.put(0).headers.at("x-rate-limit-requests-left") == "0");
  const auto refused = fixture.put(7);
  CHECK(refused.status == 429);
  CHECK(refused.headers.at("x-rate-limit-requests-left") == "0");
  CHECK(refused.keep_alive);
}

TEST_CASE_FIXTURE(ServerFixture, "without a quota no reply has rate headers") {
  for (const auto& [name, value] : put(7).headers) CHECK_FALSE(name.starts_with("x-rate-limit"));
}

TEST_CASE_FIXTURE(ServerFixture, "a shopper's change of mind is what the store then holds") {
  consent_sync::consent::Choice choice;
  choice.set(Category::analytics, Decision::deny);
  server.set_consent(*CustomerId::from(9), choice);
  CHECK(get(path(9)).body.find(R"("deny":["analytics"])") != std::string::npos);
  CHECK_FALSE(server.consent_of(*CustomerId::from(100001)));
}

TEST_CASE_FIXTURE(ServerFixture, "250 customers by e-mail fit into one request") {
  std::string target = "/stores/sandbox/v3/customers?limit=250&email:in=";
  for (int id = 99001; id <= 99250; ++id) target += "customer" + std::to_string(id) + "%40example.com,";
  const auto reply = get(target);
  CHECK(reply.status == 200);
  CHECK(reply.body.find(R"("total":250,"count":250)") != std::string::npos);
}

TEST_CASE_FIXTURE(ServerFixture,
                  "a request that HTTP forbids or that is too large is refused, and the store lives on") {
  const auto long_target = "/" + std::string(100000, 'x');
  CHECK(get(long_target).status == 431);
  const auto large =
      client.request("PUT", path(7), {{"X-Auth-Token", "sandbox-token"}}, std::string(70000, 'x'));
  CHECK(large.status == 413);
  CHECK(put(7).status == 200);
}

TEST_CASE("the certificate is good for localhost and 127.0.0.1 with its own authority only") {
  ServerFixture fixture;
  auto options = fixture.client_options();
  options.host = "localhost";
  HttpsClient by_name(options);
  CHECK(by_name.request("GET", "/").status == 404);
  CHECK(fixture.get("/").status == 404);

  options.ca_file.clear();
  HttpsClient with_system_authorities(options);
  const auto refused = with_system_authorities.request("GET", "/");
  CHECK(refused.status == 0);
  CHECK(refused.failure == HttpsFailure::certificate);
  CHECK(fixture.server.counters().requests == 2);
}

TEST_CASE("each sandbox has an authority of its own, and another one's is not trusted") {
  ServerFixture one;
  ServerFixture other;
  auto options = one.client_options();
  options.ca_file = other.client_options().ca_file;
  HttpsClient client(options);
  CHECK(client.request("GET", "/").failure == HttpsFailure::certificate);
}

TEST_CASE_FIXTURE(ServerFixture,
                  "the authority's file holds a certificate that everybody may read, and no key") {
  const auto file = directory.path / "ca.pem";
  std::ifstream stream(file);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  CHECK(text.starts_with("-----BEGIN CERTIFICATE-----"));
  CHECK(text.find("PRIVATE") == std::string::npos);
  using std::filesystem::perms;
  CHECK(status(file).permissions() ==
        (perms::owner_read | perms::owner_write | perms::group_read | perms::others_read));
  int files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory.path)) ++files;
  CHECK(files == 1);
}

TEST_CASE_FIXTURE(ServerFixture, "a server goes away at once with connections open and replies outstanding") {
  auto stalling = options({"stall:600s@2", "slow:600s@3"}, 0);
  stalling.ca_file = directory.path / "second.pem";
  Server second(stalling);
  auto to_second = client_options();
  to_second.port = second.port();
  to_second.ca_file = stalling.ca_file.string();
  to_second.timeout = std::chrono::milliseconds(200);
  HttpsClient idle(to_second);
  HttpsClient stalled(to_second);
  HttpsClient slow(to_second);
  CHECK(idle.request("GET", "/").status == 404);
  CHECK(stalled.request("GET", "/").failure == HttpsFailure::timed_out);
  CHECK(slow.request("GET", "/").failure == HttpsFailure::timed_out);
  CHECK(second.counters().requests == 3);
}

TEST_CASE("the address for the client's configuration names host and port") {
  ServerFixture fixture;
  CHECK(fixture.server.api_url() == "https://127.0.0.1:" + std::to_string(fixture.server.port()));
}

TEST_CASE("impossible options are refused with a sentence") {
  const auto refused = [](auto change) {
    Options options;
    change(options);
    CHECK_THROWS_AS(Server{options}, std::invalid_argument);
  };
  refused([](Options& options) { options.host = "example.com"; });
  refused([](Options& options) { options.token.clear(); });
  refused([](Options& options) { options.quota = -1; });
  refused([](Options& options) { options.window = std::chrono::milliseconds(0); });
  refused([](Options& options) { options.customers = -1; });
}

TEST_CASE_FIXTURE(ServerFixture, "a port in use and a directory that is not there are said") {
  Options taken;
  taken.port = server.port();
  CHECK_THROWS_WITH_AS(Server{taken}, doctest::Contains("cannot listen on 127.0.0.1 port"),
                       std::runtime_error);
  Options nowhere;
  nowhere.ca_file = directory.path / "missing" / "ca.pem";
  CHECK_THROWS_WITH_AS(Server{nowhere}, doctest::Contains("cannot be written"), std::runtime_error);
}
