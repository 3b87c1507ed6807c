#include <doctest/doctest.h>

#include "asked.hpp"
#include "contains.hpp"
#include "shop_fixture.hpp"

using namespace consent_sync::sandbox;
using consent_sync::test::contains;

TEST_CASE("an error on demand applies nothing, but a gateway's timeout does not undo what the store did") {
  for (const auto status : {500, 502, 503, 504, 409, 423, 401, 403, 404, 422}) {
    CAPTURE(status);
    ShopFixture fixture({std::to_string(status).c_str()}, 10);
    const auto reply = fixture.put(7);
    CHECK(reply.status == status);
    CHECK(contains(reply.body, "\"status\":" + std::to_string(status)));
    CHECK(reply.rate);
    CHECK(fixture.held(7) == (status == 504 ? asked : ""));
  }
}

TEST_CASE("a 429 on demand is honest: the window is spent until its end") {
  ShopFixture fixture({"429@2"}, 10);
  fixture.put(7);
  const auto reply = fixture.put(7);
  CHECK(reply.status == 429);
  CHECK(reply.rate->left == 0);
  CHECK(fixture.put(7).status == 429);
  fixture.now += std::chrono::milliseconds(reply.rate->reset_ms);
  CHECK(fixture.put(7).status == 200);
}

TEST_CASE("a bare 429 and a proxy's page have no rate headers and no JSON of the API's need") {
  ShopFixture fixture({"429-bare@1", "html-502@2"}, 10);
  const auto bare = fixture.put(7);
  CHECK(bare.status == 429);
  CHECK_FALSE(bare.rate);
  const auto page = fixture.put(7);
  CHECK(page.status == 502);
  CHECK_FALSE(page.rate);
  CHECK(page.content_type == "text/html");
  CHECK(contains(page.body, "<html>"));
  CHECK(fixture.held(7).empty());
  CHECK(fixture.put(7).rate->left == 7);
}

TEST_CASE("a request over the quota is a 429 and no fault decides its reply") {
  ShopFixture fixture({"reset@2"}, 1);
  fixture.put(7);
  const auto reply = fixture.put(7);
  CHECK(reply.status == 429);
  CHECK(reply.delivery == Delivery::send);
}

TEST_CASE("what never gets a reply has applied what its name says, and counts under no status") {
  struct Case {
    const char* fault;
    Delivery delivery;
    bool applies;
  };
  for (const auto& expected :
       {Case{"reset", Delivery::reset, false}, Case{"reset-after-apply", Delivery::reset, true},
        Case{"fin-after-apply", Delivery::fin, true}, Case{"stall:3s", Delivery::stall, false},
        Case{"stall-after-apply:3s", Delivery::stall, true}}) {
    CAPTURE(expected.fault);
    ShopFixture fixture({expected.fault});
    const auto reply = fixture.put(7);
    CHECK(reply.delivery == expected.delivery);
    CHECK(reply.stall_for == std::chrono::seconds(expected.delivery == Delivery::stall ? 3 : 0));
    CHECK(fixture.held(7) == (expected.applies ? asked : ""));
    CHECK(fixture.shop.counters().status.empty());
    CHECK(fixture.shop.counters().put == 1);
  }
}

TEST_CASE("a cut reply promises more than it sends") {
  ShopFixture fixture({"truncate"});
  const auto reply = fixture.put(7);
  CHECK(reply.delivery == Delivery::truncate);
  CHECK(fixture.held(7) == asked);
  const auto wire = to_wire(reply, true);
  CHECK(wire.find("content-length: " + std::to_string(reply.body.size()) + "\r\n") != std::string::npos);
  CHECK(wire.ends_with("\r\n\r\n" + reply.body.substr(0, reply.body.size() / 2)));
}

TEST_CASE("broken JSON comes after applying, and only in place of a 200") {
  ShopFixture fixture({"bad-json"});
  const auto reply = fixture.put(7);
  CHECK(reply.status == 200);
  CHECK_FALSE(reply.body.ends_with("}"));
  CHECK(fixture.held(7) == asked);
  CHECK(contains(fixture.put(101).body, "not found"));
}

TEST_CASE("a wrong echo tells the truth about a store that holds something else than asked") {
  ShopFixture fixture({"wrong-echo#7"});
  const auto reply = fixture.put(7, R"({"allow":["essential"],"deny":["targeting"]})");
  CHECK(reply.status == 200);
  CHECK(contains(reply.body, R"("deny":[])"));
  CHECK(fixture.held(7) == "essential=allow targeting=allow");
  CHECK(contains(fixture.get(7).body, R"("deny":[])"));
  fixture.put(8);
  CHECK(fixture.held(8) == asked);
}

TEST_CASE("a fault on one customer leaves the others alone") {
  ShopFixture fixture({"500@1-2#20", "404#30-31"});
  CHECK(fixture.put(19).status == 200);
  CHECK(fixture.put(20).status == 500);
  CHECK(fixture.put(31).status == 404);
  CHECK(fixture.put(20).status == 500);
  CHECK(fixture.put(20).status == 200);
  CHECK(fixture.put(32).status == 200);
}

TEST_CASE("other apps draw on the quota before the request does") {
  ShopFixture fixture({"drain:5@2"}, 10);
  CHECK(fixture.put(7).rate->left == 9);
  CHECK(fixture.put(7).rate->left == 3);
  CHECK(fixture.shop.counters().windows[0].drained == 5);
}

TEST_CASE("after revoke every token is refused, until it is restored") {
  ShopFixture fixture({"revoke@2"});
  CHECK(fixture.put(7).status == 200);
  CHECK(fixture.put(8).status == 401);
  CHECK(fixture.get(7).status == 401);
  fixture.shop.set_revoked(false);
  CHECK(fixture.put(8).status == 200);
}

TEST_CASE("close and idle-close come on top of the reply") {
  ShopFixture fixture({"close@1", "idle-close@2", "500@2"});
  const auto announced = fixture.put(7);
  CHECK(announced.status == 200);
  CHECK(announced.announced_close);
  const auto silent = fixture.put(7);
  CHECK(silent.status == 500);
  CHECK(silent.silent_close);
  CHECK_FALSE(silent.announced_close);
}

TEST_CASE("strikes are counted by the name of the fault") {
  ShopFixture fixture({"500@1-2", "slow:1ms"});
  for (int i = 0; i < 3; ++i) fixture.put(7);
  CHECK(fixture.shop.counters().faults == std::map<std::string, std::int64_t>{{"500", 2}, {"slow", 3}});
}
