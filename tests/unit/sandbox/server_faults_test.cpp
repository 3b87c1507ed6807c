#include <doctest/doctest.h>

#include "asked.hpp"
#include "server_fixture.hpp"

using namespace consent_sync::sandbox;
using consent_sync::test::HttpsFailure;
using namespace std::chrono_literals;

namespace {

/// How a PUT ends for the client when this fault strikes it, and what the store then holds.
void check_lost(const char* fault, HttpsFailure failure, const std::string& held) {
  CAPTURE(fault);
  ServerFixture fixture({fault});
  const auto reply = fixture.put(7);
  CHECK(reply.status == 0);
  CHECK(reply.failure == failure);
  CHECK(fixture.held(7) == held);
}

}  // namespace

TEST_CASE("a reset is a TCP reset, with nothing or everything applied") {
  check_lost("reset@1", HttpsFailure::reset, "");
  check_lost("reset-after-apply@1", HttpsFailure::reset, asked);
}

TEST_CASE("a FIN without goodbye is a truncated stream") {
  check_lost("fin-after-apply@1", HttpsFailure::truncated, asked);
}

TEST_CASE("a cut body is a truncated stream too") {
  check_lost("truncate@1", HttpsFailure::truncated, asked);
}

TEST_CASE("a stall ends with the connection, or with the client's patience") {
  check_lost("stall:20ms@1", HttpsFailure::truncated, "");
  check_lost("stall-after-apply:20ms@1", HttpsFailure::truncated, asked);
  ServerFixture fixture({"stall@1"});
  auto options = fixture.client_options();
  options.timeout = 100ms;
  consent_sync::test::HttpsClient impatient(options);
  CHECK(impatient.request("GET", "/").failure == HttpsFailure::timed_out);
}

TEST_CASE("after a lost reply the next connection works") {
  ServerFixture fixture({"reset@1", "fin-after-apply@2", "truncate@3"});
  for (int i = 0; i < 3; ++i) CHECK(fixture.put(7).status == 0);
  CHECK(fixture.put(7).status == 200);
  CHECK(fixture.server.counters().connections == 4);
}

TEST_CASE("an announced close is in the reply, and the connection ends") {
  ServerFixture fixture({"close@1"});
  const auto reply = fixture.put(7);
  CHECK(reply.status == 200);
  CHECK_FALSE(reply.keep_alive);
  CHECK(reply.headers.at("connection") == "close");
  CHECK(fixture.put(7).keep_alive);
  CHECK(fixture.server.counters().connections == 2);
}

TEST_CASE("a silent close leaves the client with a connection that is dead") {
  ServerFixture fixture({"idle-close@1"});
  const auto reply = fixture.put(7);
  CHECK(reply.status == 200);
  CHECK(reply.keep_alive);
  const auto next = fixture.put(7);
  CHECK(next.status == 0);
  CHECK((next.failure == HttpsFailure::closed || next.failure == HttpsFailure::reset));
  CHECK(fixture.server.counters().requests == 1);
  CHECK(fixture.put(7).status == 200);
}

TEST_CASE("a slow request is handled after its time, also when the client has gone") {
  ServerFixture fixture({"slow:150ms@1"});
  auto options = fixture.client_options();
  options.timeout = 50ms;
  {
    consent_sync::test::HttpsClient impatient(options);
    const auto reply =
        impatient.request("PUT", ServerFixture::path(7),
                          {{"X-Auth-Token", "sandbox-token"}, {"Content-Type", "application/json"}},
                          R"({"allow":["essential"],"deny":["targeting"]})");
    CHECK(reply.failure == HttpsFailure::timed_out);
  }
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (fixture.server.counters().applied == 0 && std::chrono::steady_clock::now() < deadline) {
    fixture.get("/");
  }
  CHECK(fixture.held(7) == asked);
}

TEST_CASE("broken JSON and a proxy's page come whole") {
  ServerFixture fixture({"bad-json@1", "html-502@2", "429-bare@3"}, 10);
  const auto broken = fixture.put(7);
  CHECK(broken.status == 200);
  CHECK_FALSE(broken.body.ends_with("}"));
  const auto page = fixture.put(7);
  CHECK(page.status == 502);
  CHECK(page.headers.at("content-type") == "text/html");
  const auto bare = fixture.put(7);
  CHECK(bare.status == 429);
  CHECK(bare.headers.count("x-rate-limit-requests-left") == 0);
}

TEST_CASE("faults, token and quota can be changed while the store runs") {
  ServerFixture fixture;
  CHECK(fixture.put(7).status == 200);
  fixture.server.set_faults({parse_fault("500")});
  fixture.server.add_faults({parse_fault("close")});
  CHECK(fixture.put(7).status == 500);
  fixture.server.set_faults({});
  fixture.server.revoke_token();
  CHECK(fixture.put(7).status == 401);
  fixture.server.restore_token();
  fixture.server.set_quota(1);
  CHECK(fixture.put(7).headers.at("x-rate-limit-requests-left") == "0");
  CHECK(fixture.put(7).status == 429);
}
