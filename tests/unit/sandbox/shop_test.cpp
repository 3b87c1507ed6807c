#include <doctest/doctest.h>

#include <set>

#include "contains.hpp"
#include "shop_fixture.hpp"

using namespace consent_sync::sandbox;
using consent_sync::test::contains;

TEST_CASE_FIXTURE(ShopFixture, "a PUT is held, echoed with the time of the call, and read again by a GET") {
  const auto reply = put(7, R"({"deny":["targeting","analytics"],"allow":["essential"]})");
  CHECK(reply.status == 200);
  CHECK(contains(reply.body, R"("allow":["essential"])"));
  CHECK(contains(reply.body, R"("updated_at":"2026-11-24T05:00:00Z")"));
  CHECK(held(7) == "essential=allow analytics=deny targeting=deny");
  CHECK(contains(get(7).body, R"("allow":["essential"])"));
  CHECK(contains(get(8).body, R"("allow":[],"deny":[])"));
}

TEST_CASE_FIXTURE(ShopFixture, "a partial PUT keeps what it omits") {
  put(7, R"({"allow":["essential","analytics"]})");
  put(7, R"({"deny":["analytics"]})");
  CHECK(held(7) == "essential=allow analytics=deny");
  put(7, "{}");
  CHECK(held(7) == "essential=allow analytics=deny");
}

TEST_CASE_FIXTURE(ShopFixture, "replies come in every order, and some with a member nobody has heard of") {
  std::set<std::string> bodies;
  int unknown = 0;
  for (int i = 0; i < 100; ++i) {
    const auto reply = put(7, R"({"allow":["essential","functional"],"deny":["analytics","targeting"]})");
    bodies.insert(reply.body);
    unknown += contains(reply.body, "consent_version") ? 1 : 0;
  }
  CHECK(bodies.size() == 8);
  CHECK(unknown > 25);
  CHECK(unknown < 75);
}

TEST_CASE_FIXTURE(ShopFixture, "the same seed gives the same replies") {
  ShopFixture other;
  for (int i = 0; i < 20; ++i) CHECK(put(7).body == other.put(7).body);
}

TEST_CASE_FIXTURE(ShopFixture, "a body that breaks the rules is refused field by field and changes nothing") {
  put(7);
  const auto before = held(7);
  for (const auto* body :
       {R"({"allow":["marketing"]})", R"({"allow":["Essential"]})", R"({"allow":["essential","essential"]})",
        R"({"allow":"essential"})", R"({"allow":null})", R"({"deny":[1]})",
        R"({"allow":["analytics"],"deny":["analytics"]})"}) {
    CAPTURE(body);
    const auto reply = put(7, body);
    CHECK(reply.status == 422);
    CHECK(contains(reply.body, R"("errors":{")"));
  }
  CHECK(held(7) == before);
  CHECK(shop.counters().applied == 1);
}

TEST_CASE_FIXTURE(ShopFixture, "a body that is no JSON object is 400") {
  for (const auto* body : {"", "{", "[]", "null", R"({"allow":[]} x)", "allow=essential"}) {
    CAPTURE(body);
    CHECK(put(7, body).status == 400);
  }
}

TEST_CASE_FIXTURE(ShopFixture, "members that the API does not know are ignored") {
  CHECK(put(7, R"({"allow":["essential"],"reason":"test"})").status == 200);
}

TEST_CASE_FIXTURE(ShopFixture, "customers outside of 1 to N are not found") {
  CHECK(put(100).status == 200);
  CHECK(put(101).status == 404);
  CHECK(put(0).status == 404);
  CHECK(get(101).status == 404);
  CHECK(put(101, "{").status == 400);
}

TEST_CASE_FIXTURE(ShopFixture, "who may not is told so before anything else is looked at") {
  const auto path = consent_path(7);
  auto request = put_request(path, "{");
  request.token = "wrong";
  CHECK(send(request).status == 401);
  request.token = "";
  CHECK(send(request).status == 401);
  request.token = "reader";
  CHECK(send(request).status == 403);
  auto reading = get_request(path);
  reading.token = "reader";
  CHECK(send(reading).status == 200);
  CHECK(send(get_request("/stores/other/v3/customers")).status == 401);
}

TEST_CASE("without a read-only token an empty one opens nothing") {
  auto options = ShopFixture::options({}, 0);
  options.read_only_token.clear();
  Shop shop(options);
  const Request request{"GET", "/stores/abc/v3/customers", "", "", "", ""};
  const auto arrival = shop.arrive(request, {});
  CHECK(shop.answer(arrival, request, {}, {}).status == 401);
}

TEST_CASE_FIXTURE(ShopFixture, "wrong paths, methods and headers have their status") {
  CHECK(send(get_request("/")).status == 404);
  CHECK(send(get_request("/stores/abc/v3/orders")).status == 404);
  const auto path = consent_path(7);
  auto request = put_request(path, "{}");
  request.method = "POST";
  CHECK(send(request).status == 405);
  request.method = "DELETE";
  CHECK(send(request).status == 405);
  CHECK(send(put_request("/stores/abc/v3/customers", "[]")).status == 405);
  request = put_request(path, "{}");
  request.content_type = "text/plain";
  CHECK(send(request).status == 415);
  request.content_type = "";
  CHECK(send(request).status == 415);
  request.content_type = "application/json; charset=utf-8";
  CHECK(send(request).status == 200);
  request.accept = "text/html";
  CHECK(send(request).status == 406);
  request.accept = "text/html, */*;q=0.1";
  CHECK(send(request).status == 200);
}

TEST_CASE_FIXTURE(ShopFixture, "an error has the API's body") {
  const auto reply = put(101);
  CHECK(reply.content_type == "application/problem+json");
  CHECK(reply.body.starts_with(R"({"status":404,"title":"The customer was not found","type":"https://)"));
  CHECK(contains(reply.body, R"("instance":"/stores/abc/v3/customers/101/consent","errors":{}})"));
}

TEST_CASE("what a client wrote cannot break an error body") {
  CHECK(json_string("a\"b\\c\n\xFF") == R"("a\"b\\c??")");
}

TEST_CASE("the store's quota is charged by every request, whatever its answer, and shows in every reply") {
  ShopFixture fixture({}, 4);
  CHECK(fixture.put(7).rate->left == 3);
  CHECK(fixture.put(101).rate->left == 2);
  auto request = ShopFixture::get_request("/stores/abc/v3/customers");
  request.token = "wrong";
  CHECK(fixture.send(request).rate->left == 1);
  CHECK(fixture.put(7, R"({"allow":["x"]})").rate->left == 0);

  fixture.now += std::chrono::seconds(10);
  const auto refused = fixture.put(8);
  CHECK(refused.status == 429);
  REQUIRE(refused.rate);
  CHECK(refused.rate->left == 0);
  CHECK(refused.rate->quota == 4);
  CHECK(refused.rate->window_ms == 30000);
  CHECK(refused.rate->reset_ms == 20000);
  CHECK(fixture.held(8).empty());

  fixture.now += std::chrono::seconds(20);
  CHECK(fixture.put(8).status == 200);
}

TEST_CASE_FIXTURE(ShopFixture, "without a quota there are no rate headers") {
  CHECK_FALSE(put(7).rate);
}

TEST_CASE("the counters tell what came and what was answered") {
  ShopFixture fixture({}, 3);
  fixture.put(7);
  fixture.get(7);
  fixture.put(101);
  fixture.put(7);
  fixture.put(7);
  fixture.now += std::chrono::seconds(30);
  fixture.put(7);
  fixture.put(7);
  fixture.put(7);
  fixture.put(7);
  const auto counters = fixture.shop.counters();
  CHECK(counters.requests == 9);
  CHECK(counters.put == 8);
  CHECK(counters.get == 1);
  CHECK(counters.applied == 4);
  CHECK(counters.status == std::map<int, std::int64_t>{{200, 5}, {404, 1}, {429, 3}});
  CHECK(counters.throttled == 3);
  CHECK(counters.max_consecutive_throttled == 2);
  CHECK(fixture.shop.customers().look_up(7).puts == 7);
  REQUIRE(counters.windows.size() == 2);
  CHECK(counters.windows[0].requests == 3);
  CHECK(counters.windows[0].throttled == 2);
  CHECK(counters.windows[1].throttled == 1);
}

TEST_CASE_FIXTURE(ShopFixture, "requests under way at the same time are seen, in all and for one customer") {
  const auto path = consent_path(7);
  const auto other_path = consent_path(8);
  const auto request = get_request(path);
  const auto other = get_request(other_path);
  const auto first = shop.arrive(request, now);
  const auto second = shop.arrive(other, now);
  shop.answer(first, request, now, civil_now);
  const auto third = shop.arrive(request, now);
  CHECK(shop.counters().max_in_flight == 2);
  CHECK(shop.counters().max_in_flight_per_customer == 1);
  const auto fourth = shop.arrive(request, now);
  CHECK(shop.counters().max_in_flight == 3);
  CHECK(shop.counters().max_in_flight_per_customer == 2);
  shop.answer(second, other, now, civil_now);
  shop.answer(third, request, now, civil_now);
  shop.answer(fourth, request, now, civil_now);
  get(7);
  CHECK(shop.counters().max_in_flight == 3);
}

TEST_CASE_FIXTURE(ShopFixture, "a shopper's choice replaces what is held, and is counted nowhere") {
  put(7, R"({"allow":["essential","analytics"],"deny":["targeting"]})");
  const auto before = shop.counters();
  const auto reply =
      shop.as_shopper(put_request("/shopper/7/consent", R"({"deny":["analytics"]})"), civil_now);
  REQUIRE(reply);
  CHECK(reply->status == 200);
  CHECK(held(7) == "analytics=deny");
  CHECK(contains(shop.as_shopper(get_request("/shopper/7/consent"), civil_now).value().body,
                 R"("deny":["analytics"])"));
  CHECK(shop.counters().requests == before.requests);
  CHECK(shop.counters().put == before.put);
}

TEST_CASE_FIXTURE(ShopFixture, "only the store's owner plays the shopper, and only for customers there are") {
  Request stranger = get_request("/shopper/7/consent");
  stranger.token = "other";
  CHECK(shop.as_shopper(stranger, civil_now)->status == 401);
  CHECK(shop.as_shopper(get_request("/shopper/101/consent"), civil_now)->status == 404);
  CHECK(shop.as_shopper(put_request("/shopper/7/consent", "{"), civil_now)->status == 422);
  CHECK_FALSE(shop.as_shopper(get_request(consent_path(7)), civil_now));
}
